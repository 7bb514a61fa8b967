package dev.scaling.test;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about {@link RecordedStatements}.
 * <p>
 * Those that say where statements ran fail if there are none.
 *
 * @since 0.1.0
 */
public final class RecordedStatementsAssert extends AbstractAssert<RecordedStatementsAssert, List<RecordedStatement>> {

	/**
	 * How many different lines a failure shows.
	 */
	private static final int MAXIMUM_LINES = 30;

	RecordedStatementsAssert(List<RecordedStatement> statements) {
		super(statements, RecordedStatementsAssert.class);
	}

	/**
	 * Narrows the assertions that follow to the statements whose text contains a
	 * fragment, whatever its case.
	 * @param fragment the fragment, such as {@code FROM orders}
	 * @return assertions about these statements
	 */
	public RecordedStatementsAssert containing(String fragment) {
		String lower = fragment.toLowerCase(Locale.ROOT);
		return new RecordedStatementsAssert(this.actual.stream()
			.filter((statement) -> statement.sql().toLowerCase(Locale.ROOT).contains(lower))
			.toList()).as("%s", descriptionText());
	}

	/**
	 * Checks that nothing was executed.
	 * @return this
	 */
	public RecordedStatementsAssert isEmpty() {
		return hasExactly(0);
	}

	/**
	 * Checks how many statements were executed.
	 * @param number the number of statements, 0 or more
	 * @return this
	 */
	public RecordedStatementsAssert hasExactly(int number) {
		if (this.actual.size() != number) {
			fail("Expected exactly %d statements, but there were %d", number, this.actual.size());
		}
		return this;
	}

	/**
	 * Checks that not more statements were executed than expected.
	 * @param number the largest number of statements, 0 or more
	 * @return this
	 */
	public RecordedStatementsAssert hasAtMost(int number) {
		if (this.actual.size() > number) {
			fail("Expected at most %d statements, but there were %d", number, this.actual.size());
		}
		return this;
	}

	/**
	 * Checks that no SQL was executed more often than expected, as with one statement for
	 * each row of another one's result (N+1). Values of parameters are no part of the
	 * SQL.
	 * @param times how often the same SQL may be executed, 1 or more
	 * @return this
	 */
	public RecordedStatementsAssert hasNoneMoreOftenThan(int times) {
		counted(this.actual, RecordedStatement::sql).forEach((sql, count) -> {
			if (count > times) {
				fail("Expected no statement more often than %d times, but this one was executed %d times: %s", times,
						count, sql);
			}
		});
		return this;
	}

	/**
	 * Checks that no statement has failed.
	 * @return this
	 */
	public RecordedStatementsAssert hasNoFailures() {
		if (this.actual.stream().anyMatch(RecordedStatement::failed)) {
			fail("Expected no statement to fail");
		}
		return this;
	}

	/**
	 * Checks that all statements were executed on replicas.
	 * @return this
	 */
	public RecordedStatementsAssert ranOnReplicas() {
		return ran("on replicas", (statement) -> !statement.onPrimary());
	}

	/**
	 * Checks that all statements were executed on primaries.
	 * @return this
	 */
	public RecordedStatementsAssert ranOnPrimary() {
		return ran("on the primary", RecordedStatement::onPrimary);
	}

	/**
	 * Checks that all statements were executed on the given nodes.
	 * @param nodes the ids of nodes, such as {@code replica-1} or
	 * {@code shard-2/replica-1}
	 * @return this
	 */
	public RecordedStatementsAssert ranOn(String... nodes) {
		Set<String> expected = Set.of(nodes);
		return ran("on " + String.join(", ", nodes), (statement) -> expected.contains(statement.node()));
	}

	/**
	 * Checks that all statements were executed on nodes of one cluster, whichever it is.
	 * @return this
	 */
	public RecordedStatementsAssert ranOnOneShard() {
		Collection<String> clusters = clusters();
		return ran("on one shard", (statement) -> clusters.size() == 1);
	}

	/**
	 * Checks that all statements were executed on nodes of the given clusters, and that
	 * each of these has executed one.
	 * @param shards the names of shards, or {@code main}
	 * @return this
	 */
	public RecordedStatementsAssert ranOnShards(String... shards) {
		Set<String> expected = new TreeSet<>(Set.of(shards));
		Collection<String> clusters = clusters();
		return ran("on " + String.join(", ", expected), (statement) -> clusters.equals(expected));
	}

	private Collection<String> clusters() {
		return this.actual.stream().map(RecordedStatement::cluster).collect(Collectors.toCollection(TreeSet::new));
	}

	private RecordedStatementsAssert ran(String where, Predicate<RecordedStatement> condition) {
		if (this.actual.isEmpty()) {
			fail("Expected statements %s, but there were none", where);
		}
		long others = this.actual.stream().filter(condition.negate()).count();
		if (others > 0) {
			fail("Expected all statements %s, but %d of %d ran elsewhere", where, others, this.actual.size());
		}
		return this;
	}

	private void fail(String message, Object... arguments) {
		Map<String, Integer> lines = counted(this.actual, RecordedStatement::toString);
		String statements = lines.entrySet()
			.stream()
			.limit(MAXIMUM_LINES)
			.map((line) -> "\n  " + line.getValue() + " x " + line.getKey())
			.collect(Collectors.joining());
		String more = (lines.size() > MAXIMUM_LINES) ? "\n  and " + (lines.size() - MAXIMUM_LINES) + " others" : "";
		failWithMessage("%s", message.formatted(arguments) + (this.actual.isEmpty() ? "" : ":") + statements + more);
	}

	private static Map<String, Integer> counted(List<RecordedStatement> statements,
			Function<RecordedStatement, String> key) {
		Map<String, Integer> counts = new LinkedHashMap<>();
		statements.forEach((statement) -> counts.merge(key.apply(statement), 1, Integer::sum));
		return counts;
	}

}
