package dev.scaling.benchmarks.contender.shardingsphere;

import java.util.List;
import java.util.function.Consumer;

import dev.scaling.benchmarks.contender.Items;
import dev.scaling.benchmarks.contender.Items.Item;
import dev.scaling.benchmarks.contender.ShardStore;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Works as with one database: the statement tells which shards it needs.
 */
class TransparentShardStore implements ShardStore {

	private final Items items;

	TransparentShardStore(JdbcTemplate jdbc) {
		this.items = new Items(jdbc);
	}

	@Override
	@Transactional(readOnly = true)
	public String get(long id) {
		return this.items.name(id);
	}

	@Override
	@Transactional
	public void insert(long id) {
		this.items.insert(id);
	}

	@Override
	@Transactional(readOnly = true)
	public long gather() {
		return this.items.slowCount();
	}

	@Override
	@Transactional(readOnly = true)
	public List<String> first(int limit) {
		return this.items.first(limit).stream().map(Item::name).toList();
	}

	@Override
	@Transactional(readOnly = true)
	public void scan(Consumer<String> names) {
		this.items.scan((item) -> names.accept(item.name()));
	}

}
