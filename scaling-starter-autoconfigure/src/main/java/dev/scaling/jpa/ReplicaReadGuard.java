package dev.scaling.jpa;

import java.sql.Connection;
import java.sql.SQLException;

import dev.scaling.routing.RoutedConnection;
import dev.scaling.topology.Node;
import org.hibernate.HibernateException;
import org.hibernate.StaleObjectStateException;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.PostLoadEvent;
import org.hibernate.event.spi.PostLoadEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Checks an entity that was read from a replica before it is updated: where the row has
 * changed since the replica's state, the update fails instead of putting old values over
 * newer ones, as it would with a {@code @Version}.
 * <p>
 * Only a persistence context that outlives a read-only transaction, as with open-in-view,
 * can come to this. The check costs one select for each entity that was read from a
 * replica, has no version and is updated; all other work costs nothing.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class ReplicaReadGuard implements PostLoadEventListener, PreUpdateEventListener {

	@Override
	public void onPostLoad(PostLoadEvent event) {
		EntityPersister persister = event.getPersister();
		if (persister.isVersioned() || !persister.isMutable()) {
			return;
		}
		SharedSessionContractImplementor session = event.getSession();
		EntityEntry entry = session.getPersistenceContextInternal().getEntry(event.getEntity());
		if (entry != null && entry.getStatus() != Status.READ_ONLY) {
			Node node = currentNode(session);
			if (node != null && !node.isPrimary()) {
				entry.addExtraState(new ReplicaRead());
			}
		}
	}

	@Override
	public boolean onPreUpdate(PreUpdateEvent event) {
		SharedSessionContractImplementor session = event.getSession();
		EntityEntry entry = session.getPersistenceContextInternal().getEntry(event.getEntity());
		ReplicaRead read = (entry != null) ? entry.getExtraState(ReplicaRead.class) : null;
		if (read != null && !read.checked) {
			read.checked = true;
			check(event, session);
		}
		return false;
	}

	private static void check(PreUpdateEvent event, SharedSessionContractImplementor session) {
		EntityPersister persister = event.getPersister();
		Object[] current = persister.getDatabaseSnapshot(event.getId(), session);
		Object[] loaded = event.getOldState();
		if (current == null || loaded == null
				|| persister.findModified(current, loaded, event.getEntity(), session) != null) {
			throw new StaleObjectStateException(persister.getEntityName(), event.getId(),
					"the entity was read from a replica, and its row has changed since: read it again in the"
							+ " read-write transaction that updates it, or give it a @Version");
		}
	}

	private static @Nullable Node currentNode(SharedSessionContractImplementor session) {
		LogicalConnectionImplementor logicalConnection = session.getJdbcCoordinator().getLogicalConnection();
		if (!logicalConnection.isPhysicallyConnected()) {
			return null;
		}
		try {
			Connection connection = logicalConnection.getPhysicalConnection();
			return connection.isWrapperFor(RoutedConnection.class)
					? connection.unwrap(RoutedConnection.class).currentNode() : null;
		}
		catch (SQLException ex) {
			throw new HibernateException("The node of the connection cannot be told", ex);
		}
	}

}
