package dev.scaling.jpa;

import java.util.HashMap;
import java.util.Map;

import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.EntityEntryExtraState;
import org.jspecify.annotations.Nullable;

/**
 * Marks an entity that was read from a replica, or that has a collection which was.
 */
final class ReplicaRead implements EntityEntryExtraState {

	private final boolean row;

	private boolean rowChecked;

	private @Nullable Map<String, Boolean> collections;

	private @Nullable EntityEntryExtraState next;

	private ReplicaRead(boolean row) {
		this.row = row;
	}

	static @Nullable ReplicaRead of(@Nullable EntityEntry entry) {
		return (entry != null) ? entry.getExtraState(ReplicaRead.class) : null;
	}

	static void markRow(EntityEntry entry) {
		entry.addExtraState(new ReplicaRead(true));
	}

	static void markCollection(EntityEntry owner, String role, boolean replica) {
		ReplicaRead read = of(owner);
		if (read == null && replica) {
			read = new ReplicaRead(false);
			owner.addExtraState(read);
		}
		if (read != null) {
			read.put(role, replica);
		}
	}

	boolean isRowToCheck() {
		return this.row && !this.rowChecked;
	}

	void rowChecked() {
		this.rowChecked = true;
	}

	/**
	 * Returns whether a collection has to be checked: what is not known of it is known of
	 * its owner, with which it may have been fetched.
	 * @param role the role of the collection
	 * @return whether it may come from a replica and has not been checked
	 */
	boolean isCollectionToCheck(String role) {
		return (this.collections != null) ? this.collections.getOrDefault(role, this.row) : this.row;
	}

	void collectionChecked(String role) {
		put(role, false);
	}

	private void put(String role, boolean toCheck) {
		if (this.collections == null) {
			this.collections = new HashMap<>(4);
		}
		this.collections.put(role, toCheck);
	}

	@Override
	public void addExtraState(EntityEntryExtraState extraState) {
		if (this.next != null) {
			this.next.addExtraState(extraState);
		}
		else {
			this.next = extraState;
		}
	}

	@Override
	public <T extends EntityEntryExtraState> @Nullable T getExtraState(Class<T> type) {
		if (this.next == null) {
			return null;
		}
		return type.isInstance(this.next) ? type.cast(this.next) : this.next.getExtraState(type);
	}

}
