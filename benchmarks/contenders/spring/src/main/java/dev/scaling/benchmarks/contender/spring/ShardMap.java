package dev.scaling.benchmarks.contender.spring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.benchmarks.contender.Items;
import dev.scaling.benchmarks.contender.Items.Item;
import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.ShardStore;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Pools by the remainder of the key, each with templates of its own. Work on all shards
 * is done on one after the other.
 */
class ShardMap implements ShardStore, DisposableBean {

	private final List<Shard> shards;

	ShardMap(Nodes nodes, Environment environment) {
		List<Shard> shards = new ArrayList<>();
		for (String url : nodes.shards()) {
			shards.add(Shard.of(Pools.pool("shard-" + shards.size(), url, nodes, environment)));
		}
		this.shards = List.copyOf(shards);
	}

	@Override
	public String get(long id) {
		return shardOf(id).read((items) -> items.name(id));
	}

	@Override
	public void insert(long id) {
		Shard shard = shardOf(id);
		shard.write().executeWithoutResult((status) -> shard.items().insert(id));
	}

	private Shard shardOf(long id) {
		return this.shards.get(Math.floorMod(id, this.shards.size()));
	}

	@Override
	public long gather() {
		return onAll(Items::slowCount).stream().mapToLong(Long::longValue).sum();
	}

	@Override
	public List<String> first(int limit) {
		return onAll((items) -> items.first(limit)).stream()
			.flatMap(List::stream)
			.sorted(Comparator.comparingLong(Item::rank))
			.limit(limit)
			.map(Item::name)
			.toList();
	}

	/**
	 * Reads all shards.
	 * @param <T> the type of the result of a shard
	 * @param work reads a shard in a read-only transaction
	 * @return the results
	 */
	<T> List<T> onAll(Function<Items, T> work) {
		return this.shards.stream().map((shard) -> shard.read(work)).toList();
	}

	final List<Shard> shards() {
		return this.shards;
	}

	@Override
	public void scan(Consumer<String> names) {
		scan(0, new PriorityQueue<>(Comparator.comparingLong((cursor) -> cursor.next.rank())), names);
	}

	private void scan(int index, Queue<Cursor> cursors, Consumer<String> names) {
		if (index < this.shards.size()) {
			this.shards.get(index).read((items) -> {
				try (Stream<Item> rows = items.stream()) {
					Iterator<Item> iterator = rows.iterator();
					if (iterator.hasNext()) {
						cursors.add(new Cursor(iterator));
					}
					scan(index + 1, cursors, names);
				}
				return true;
			});
			return;
		}
		for (Cursor first = cursors.poll(); first != null; first = cursors.poll()) {
			names.accept(first.next.name());
			if (first.rows.hasNext()) {
				first.next = first.rows.next();
				cursors.add(first);
			}
		}
	}

	@Override
	public void destroy() {
		this.shards.forEach((shard) -> shard.pool().close());
	}

	/**
	 * A shard.
	 *
	 * @param pool its pool
	 * @param items its statements
	 * @param read its read-only transactions
	 * @param write its read-write transactions
	 */
	record Shard(HikariDataSource pool, Items items, TransactionTemplate read, TransactionTemplate write) {

		static Shard of(HikariDataSource pool) {
			PlatformTransactionManager manager = new JdbcTransactionManager(pool);
			TransactionTemplate read = new TransactionTemplate(manager);
			read.setReadOnly(true);
			return new Shard(pool, new Items(new JdbcTemplate(pool)), read, new TransactionTemplate(manager));
		}

		<T> T read(Function<Items, T> work) {
			return Objects.requireNonNull(this.read.execute((status) -> work.apply(this.items)));
		}

	}

	/**
	 * The rows of a shard that have not been merged yet.
	 */
	private static final class Cursor {

		private final Iterator<Item> rows;

		private Item next;

		private Cursor(Iterator<Item> rows) {
			this.rows = rows;
			this.next = rows.next();
		}

	}

}
