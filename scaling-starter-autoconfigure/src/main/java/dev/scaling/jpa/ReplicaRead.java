package dev.scaling.jpa;

import org.hibernate.engine.spi.EntityEntryExtraState;
import org.jspecify.annotations.Nullable;

/**
 * Marks an entity that was read from a replica.
 */
final class ReplicaRead implements EntityEntryExtraState {

	boolean checked;

	private @Nullable EntityEntryExtraState next;

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
