package dev.scaling.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.scaling.ShardReader;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KWayMerge} and what is built on it, against a sorted concatenation.
 */
class KWayMergeTests {

	private static final Comparator<Row> order = Comparator.comparingInt(Row::value);

	private static final GatherExecutor executor = new GatherExecutor(
			new GatherOptions(Duration.ofSeconds(30), 4, 8, 3), (shard) -> 2, GatherListener.NONE);

	@AfterContainer
	static void close() {
		executor.close();
	}

	@Property(tries = 500)
	void mergeIsTheSortedConcatenation(@ForAll("shards") List<List<Integer>> values,
			@ForAll @IntRange(max = 12) int offset, @ForAll @IntRange(max = 12) int limit) {
		List<List<Row>> shards = rows(values);
		AtomicInteger taken = new AtomicInteger();
		List<RowSource<Row>> sources = new ArrayList<>();
		for (List<Row> shard : shards) {
			Iterator<Row> iterator = shard.iterator();
			sources.add(() -> {
				taken.incrementAndGet();
				return iterator.hasNext() ? iterator.next() : null;
			});
		}
		List<Row> merged = new ArrayList<>();
		new KWayMerge<>(sources, order).merge(offset, limit, merged::add);
		assertThat(merged).isEqualTo(expected(shards, offset, limit));
		assertThat(taken).hasValueLessThanOrEqualTo((limit > 0) ? shards.size() + offset + limit - 1 : 0);
	}

	@Property(tries = 200)
	void rowsThatAreReadAtTheSameTimeAreMerged(@ForAll("shards") List<List<Integer>> values,
			@ForAll @IntRange(max = 12) int offset, @ForAll @IntRange(max = 12) int limit) {
		List<List<Row>> shards = rows(values);
		ShardReader<Row> reader = (shard, rows) -> shards.get(index(shard)).forEach(rows);
		assertThat(executor.gatherSorted(names(shards), order, reader).list(offset, limit))
			.isEqualTo(expected(shards, offset, limit));
		List<Row> all = new ArrayList<>();
		executor.gatherSorted(names(shards), order, reader).forEach(all::add);
		assertThat(all).isEqualTo(expected(shards, 0, Integer.MAX_VALUE));
	}

	@Property(tries = 200)
	void listsAreMerged(@ForAll("shards") List<List<Integer>> values, @ForAll @IntRange(max = 12) int offset,
			@ForAll @IntRange(max = 12) int limit) {
		List<List<Row>> shards = rows(values);
		assertThat(executor.<Row>gatherRows(names(shards), (shard) -> shards.get(index(shard)))
			.merge(order, offset, limit)).isEqualTo(expected(shards, offset, limit));
	}

	@Provide
	Arbitrary<List<List<Integer>>> shards() {
		return Arbitraries.integers()
			.between(0, 9)
			.list()
			.ofMaxSize(20)
			.map((values) -> values.stream().sorted().toList())
			.list()
			.ofMaxSize(6);
	}

	private static List<List<Row>> rows(List<List<Integer>> values) {
		List<List<Row>> shards = new ArrayList<>();
		for (int index = 0; index < values.size(); index++) {
			List<Row> rows = new ArrayList<>();
			for (int number = 0; number < values.get(index).size(); number++) {
				rows.add(new Row(values.get(index).get(number), index, number));
			}
			shards.add(rows);
		}
		return shards;
	}

	private static List<Row> expected(List<List<Row>> shards, int offset, int limit) {
		return shards.stream().flatMap(List::stream).sorted(order).skip(offset).limit(limit).toList();
	}

	private static List<String> names(List<?> shards) {
		List<String> names = new ArrayList<>();
		for (int index = 0; index < shards.size(); index++) {
			names.add("shard-" + index);
		}
		return names;
	}

	private static int index(String shard) {
		return Integer.parseInt(shard.substring("shard-".length()));
	}

	record Row(int value, int shard, int number) {

	}

}
