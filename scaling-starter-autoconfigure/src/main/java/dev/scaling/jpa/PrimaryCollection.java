package dev.scaling.jpa;

import java.io.Serializable;

import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CollectionEntry;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.event.spi.EventSource;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

/**
 * A collection as the primary has it: read in a session of its own, on the connection of
 * the read-write transaction that is about to write the collection.
 */
final class PrimaryCollection {

	private final EventSource session;

	private final CollectionPersister persister;

	private final EntityEntry owner;

	PrimaryCollection(EventSource session, CollectionPersister persister, EntityEntry owner) {
		this.session = session;
		this.persister = persister;
		this.owner = owner;
	}

	boolean differsFrom(CollectionEntry entry) {
		CollectionRows read = rows(entry.getSnapshot(), this.session);
		CollectionRows wanted = this.persister.isOneToMany() ? wanted() : read;
		try (SessionImplementor child = (SessionImplementor) this.session.sessionWithOptions()
			.connection()
			.flushMode(FlushMode.MANUAL)
			.openSession()) {
			child.setCacheMode(CacheMode.IGNORE);
			Object current = child.find(this.owner.getEntityName(), this.owner.getId());
			return current == null || load(entry.getLoadedKey(), current, child).conflictsWith(read, wanted);
		}
	}

	/**
	 * Returns the rows that the flush leaves: those of a one-to-many are in the rows of
	 * its elements, of which the flush has already inserted the new ones.
	 * @return the rows that the owner has now
	 */
	private CollectionRows wanted() {
		String path = this.persister.getRole()
			.substring(this.persister.getOwnerEntityPersister().getEntityName().length() + 1);
		Object value = this.owner.getPersister()
			.getPropertyValue(this.session.getPersistenceContextInternal().getEntity(this.owner.getEntityKey()), path);
		return rows((value instanceof PersistentCollection<?> collection && collection.wasInitialized())
				? collection.getSnapshot(this.persister) : null, this.session);
	}

	private CollectionRows load(Object key, Object current, SessionImplementor child) {
		PersistenceContext context = child.getPersistenceContextInternal();
		PersistentCollection<?> collection = context.getCollection(child.generateCollectionKey(this.persister, key));
		if (collection == null) {
			collection = this.persister.getCollectionSemantics().instantiateWrapper(key, this.persister, child);
			collection.setOwner(current);
			context.addUninitializedCollection(this.persister, collection, key);
		}
		collection.forceInitialization();
		return rows(collection.getSnapshot(this.persister), child);
	}

	private CollectionRows rows(@Nullable Serializable snapshot, SessionImplementor reader) {
		return new CollectionRows(this.persister, reader, snapshot);
	}

}
