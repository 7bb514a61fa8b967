package dev.scaling.starter.sharding.jpa;

import java.util.List;

import dev.scaling.ShardKey;

import org.springframework.data.repository.Repository;

interface ShardedEntryRepository extends Repository<ShardedEntry, Long> {

	ShardedEntry save(@ShardKey("owner") ShardedEntry entry);

	List<ShardedEntry> findByOwner(@ShardKey long owner);

}
