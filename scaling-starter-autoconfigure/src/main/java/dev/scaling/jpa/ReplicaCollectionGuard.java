package dev.scaling.jpa;

import dev.scaling.topology.NodeRole;
import org.hibernate.StaleObjectStateException;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CollectionEntry;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.InitializeCollectionEvent;
import org.hibernate.event.spi.InitializeCollectionEventListener;
import org.hibernate.event.spi.PreCollectionRemoveEvent;
import org.hibernate.event.spi.PreCollectionRemoveEventListener;
import org.hibernate.event.spi.PreCollectionUpdateEvent;
import org.hibernate.event.spi.PreCollectionUpdateEventListener;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

/**
 * Checks a collection that was read from a replica before its rows are written, as
 * {@link ReplicaReadGuard} does with an entity: Hibernate may delete all rows of a
 * collection and insert those that it has read.
 * <p>
 * The check loads the owner and the collection once more, for each collection that was
 * read from a replica, has an owner without a version, is not inverse and is changed; all
 * other work costs nothing.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class ReplicaCollectionGuard implements InitializeCollectionEventListener,
		PreCollectionUpdateEventListener, PreCollectionRemoveEventListener {

	@Override
	public void onInitializeCollection(InitializeCollectionEvent event) {
		EventSource session = event.getSession();
		PersistenceContext context = session.getPersistenceContextInternal();
		CollectionEntry collection = context.getCollectionEntry(event.getCollection());
		CollectionPersister persister = (collection != null) ? collection.getLoadedPersister() : null;
		EntityEntry owner = owner(event, context);
		if (persister != null && owner != null && isGuarded(persister)) {
			NodeRole role = SessionRole.of(session);
			if (role != null) {
				ReplicaRead.markCollection(owner, persister.getRole(), role == NodeRole.REPLICA);
			}
		}
	}

	@Override
	public void onPreUpdateCollection(PreCollectionUpdateEvent event) {
		check(event);
	}

	@Override
	public void onPreRemoveCollection(PreCollectionRemoveEvent event) {
		check(event);
	}

	private static void check(AbstractCollectionEvent event) {
		EventSource session = event.getSession();
		PersistentCollection<?> collection = event.getCollection();
		if (session == null || collection == null || !collection.wasInitialized()) {
			return;
		}
		PersistenceContext context = session.getPersistenceContextInternal();
		EntityEntry owner = owner(event, context);
		ReplicaRead read = ReplicaRead.of(owner);
		CollectionPersister persister = event.getCollectionPersister();
		CollectionEntry entry = context.getCollectionEntry(collection);
		if (owner == null || read == null || entry == null || !read.isCollectionToCheck(persister.getRole())
				|| !isGuarded(persister) || persister.isAffectedByEnabledFilters(session)) {
			// under a filter Hibernate writes single rows only
			return;
		}
		if (new PrimaryCollection(session, persister, owner).differsFrom(entry)) {
			throw new StaleObjectStateException(event.getAffectedOwnerEntityName(), owner.getId(),
					"its collection " + persister.getRole()
							+ " was read from a replica, and its rows have changed since: read it"
							+ " again in the read-write transaction that changes it, or give its owner a @Version");
		}
		read.collectionChecked(persister.getRole());
	}

	private static boolean isGuarded(CollectionPersister persister) {
		return persister.isMutable() && !persister.isInverse() && !persister.getOwnerEntityPersister().isVersioned();
	}

	private static @Nullable EntityEntry owner(AbstractCollectionEvent event, PersistenceContext context) {
		Object owner = event.getAffectedOwnerOrNull();
		return (owner != null) ? context.getEntry(owner) : null;
	}

}
