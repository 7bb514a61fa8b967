package dev.scaling.benchmarks.contender.scaling;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import dev.scaling.OnAllShards;
import dev.scaling.ShardKey;
import dev.scaling.Shards;
import dev.scaling.benchmarks.contender.Items;
import dev.scaling.benchmarks.contender.Items.Item;
import dev.scaling.benchmarks.contender.ShardStore;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Works on shards with {@link ShardKey @ShardKey} and {@link OnAllShards @OnAllShards},
 * and with {@link Shards} where rows are merged.
 */
class AnnotatedShardStore implements ShardStore {

	private static final Comparator<Item> BY_RANK = Comparator.comparingLong(Item::rank);

	private final Shards shards;

	private final Items items;

	private final TransactionTemplate read;

	AnnotatedShardStore(Shards shards, JdbcTemplate jdbc, PlatformTransactionManager manager) {
		this.shards = shards;
		this.items = new Items(jdbc);
		this.read = new TransactionTemplate(manager);
		this.read.setReadOnly(true);
	}

	@Override
	@Transactional(readOnly = true)
	public String get(@ShardKey long id) {
		return this.items.name(id);
	}

	@Override
	@Transactional
	public void insert(@ShardKey long id) {
		this.items.insert(id);
	}

	@Override
	@OnAllShards
	@Transactional(readOnly = true)
	public long gather() {
		return this.items.slowCount();
	}

	@Override
	public List<String> first(int limit) {
		return this.shards
			.gatherRows((shard) -> Objects.requireNonNull(this.read.execute((status) -> this.items.first(limit))))
			.merge(BY_RANK, 0, limit)
			.stream()
			.map(Item::name)
			.toList();
	}

	@Override
	public void scan(Consumer<String> names) {
		this.shards
			.gatherSorted(BY_RANK, (shard, rows) -> this.read.executeWithoutResult((status) -> this.items.scan(rows)))
			.forEach((item) -> names.accept(item.name()));
	}

}
