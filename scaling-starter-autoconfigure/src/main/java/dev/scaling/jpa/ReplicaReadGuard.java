package dev.scaling.jpa;

import dev.scaling.topology.NodeRole;
import org.hibernate.StaleObjectStateException;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.AbstractPreDatabaseOperationEvent;
import org.hibernate.event.spi.PostLoadEvent;
import org.hibernate.event.spi.PostLoadEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Checks an entity that was read from a replica before it is updated or deleted: where
 * the row has changed since the replica's state, this fails instead of putting old values
 * over newer ones, or deleting what nobody has seen, as it would with a {@code @Version}.
 * <p>
 * Only a persistence context that outlives a read-only transaction, as with open-in-view,
 * can come to this. The check costs one select for each entity that was read from a
 * replica, has no version and is changed; all other work costs nothing.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class ReplicaReadGuard implements PostLoadEventListener, PreUpdateEventListener, PreDeleteEventListener {

	@Override
	public void onPostLoad(PostLoadEvent event) {
		EntityPersister persister = event.getPersister();
		if (persister.isVersioned() || !persister.isMutable()) {
			return;
		}
		SharedSessionContractImplementor session = event.getSession();
		EntityEntry entry = session.getPersistenceContextInternal().getEntry(event.getEntity());
		if (entry != null && entry.getStatus() != Status.READ_ONLY) {
			if (SessionRole.of(session) == NodeRole.REPLICA) {
				ReplicaRead.markRow(entry);
			}
		}
	}

	@Override
	public boolean onPreUpdate(PreUpdateEvent event) {
		check(event, event.getOldState());
		return false;
	}

	@Override
	public boolean onPreDelete(PreDeleteEvent event) {
		EntityEntry entry = event.getSession().getPersistenceContextInternal().getEntry(event.getEntity());
		// the deleted state has lost its references to what is deleted with it
		check(event, (entry != null) ? entry.getLoadedState() : null);
		return false;
	}

	private static void check(AbstractPreDatabaseOperationEvent event, Object @Nullable [] loaded) {
		SharedSessionContractImplementor session = event.getSession();
		ReplicaRead read = ReplicaRead.of(session.getPersistenceContextInternal().getEntry(event.getEntity()));
		if (read == null || !read.isRowToCheck()) {
			return;
		}
		EntityPersister persister = event.getPersister();
		Object[] current = persister.getDatabaseSnapshot(event.getId(), session);
		if (current == null || loaded == null
				|| persister.findModified(current, loaded, event.getEntity(), session) != null) {
			throw new StaleObjectStateException(persister.getEntityName(), event.getId(),
					"the entity was read from a replica, and its row has changed since: read it again in the"
							+ " read-write transaction that changes it, or give it a @Version");
		}
		read.rowChecked();
	}

}
