package dev.scaling.starter.sharding.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

import org.springframework.data.domain.Persistable;

/**
 * Entry that is on the shard of its owner.
 */
@Entity
public class ShardedEntry implements Persistable<Long> {

	@Id
	private long id;

	private long owner;

	protected ShardedEntry() {
	}

	ShardedEntry(long id, long owner) {
		this.id = id;
		this.owner = owner;
	}

	@Override
	public @Nullable Long getId() {
		return this.id;
	}

	@Override
	public boolean isNew() {
		return true;
	}

	public long getOwner() {
		return this.owner;
	}

}
