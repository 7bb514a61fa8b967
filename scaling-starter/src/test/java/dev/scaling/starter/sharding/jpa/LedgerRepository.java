package dev.scaling.starter.sharding.jpa;

import java.util.List;

import dev.scaling.ShardKey;

import org.springframework.data.repository.Repository;

interface LedgerRepository extends Repository<LedgerEntry, Long> {

	LedgerEntry save(@ShardKey("owner") LedgerEntry entry);

	List<LedgerEntry> findByOwner(@ShardKey long owner);

}
