package dev.scaling.insight.advisor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.scaling.insight.RepeatedQuery;
import dev.scaling.insight.advisor.Evidence.Budget;
import dev.scaling.insight.advisor.Evidence.HotSpot;
import dev.scaling.insight.advisor.Evidence.Method;
import dev.scaling.insight.advisor.Evidence.Pool;
import dev.scaling.insight.advisor.Evidence.Pooler;
import dev.scaling.insight.statistics.ServerStatistics.Blocks;
import dev.scaling.insight.statistics.ServerStatistics.Index;
import dev.scaling.insight.statistics.ServerStatistics.RunningStatement;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.ServerStatistics.Wal;
import dev.scaling.pool.BudgetVerdict;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Advisor} with any combination of problems, and any numbers.
 */
class AdvisorPropertyTests {

	private static final long GIGABYTE = 1L << 30;

	private final Advisor advisor = new Advisor(TestThresholds.unanswered());

	@Property(tries = 500)
	void oneMoreProblemTakesNoFindingAway(@ForAll Set<Problem> problems, @ForAll Problem more) {
		Set<Problem> all = EnumSet.of(more);
		all.addAll(problems);
		assertThat(ids(this.advisor.advise(evidence(all)))).containsAll(ids(this.advisor.advise(evidence(problems))));
	}

	@Property(tries = 500)
	void whatIsCheapComesFirst(@ForAll Set<Problem> problems) {
		Advice advice = this.advisor.advise(evidence(problems));
		assertThat(advice.findings())
			.isSortedAccordingTo(Comparator.comparing((Finding finding) -> finding.severity() == Severity.LOW)
				.thenComparing(Finding::remedy));
		assertThat(advice.verdict().startsWith("healthy")).isEqualTo(problems.stream().allMatch(Problem::isSmall));
		assertThat(advice.findings()).allSatisfy((finding) -> {
			assertThat(finding.evidence()).isNotEmpty();
			assertThat(finding.next()).isNotEmpty();
			assertThat(finding.path()).hasSizeGreaterThanOrEqualTo(2);
		});
	}

	@Property(tries = 300)
	void eachProblemIsFoundAlone(@ForAll Problem problem) {
		assertThat(this.advisor.advise(evidence(Set.of(problem))).findings()).isNotEmpty();
	}

	@Property(tries = 1000)
	void anyNumbersAreJudged(@ForAll("servers") List<Server> servers, @ForAll("answers") Thresholds thresholds) {
		Advice advice = new Advisor(thresholds).advise(new Evidence(servers.stream().map(Server::statistics).toList(),
				List.of(), List.of(), List.of(), List.of(), List.of(), List.of()));
		assertThat(advice.verdict()).isNotEmpty();
		assertThat(advice.findings()).hasSizeLessThanOrEqualTo(Advisor.MAXIMUM_FINDINGS)
			.allSatisfy((finding) -> assertThat(finding.toString()).hasSizeLessThan(100_000));
	}

	@Provide
	Arbitrary<Thresholds> answers() {
		return Arbitraries.of(TestThresholds.unanswered(), TestThresholds.of(Duration.ZERO, true, 1, null),
				TestThresholds.of(Duration.ofDays(1), false, 128, DataSize.ofBytes(1)));
	}

	@Provide
	Arbitrary<List<Server>> servers() {
		Arbitrary<Long> counters = Arbitraries.longs()
			.between(0, Long.MAX_VALUE / 4)
			.edgeCases((edges) -> edges.add(0L));
		return counters.list().ofSize(16).map(AdvisorPropertyTests::server).list().ofMaxSize(5);
	}

	private static Server server(List<Long> numbers) {
		Server server = new Server((numbers.get(0) % 2 == 0) ? "main" : "shard-1", "node-" + numbers.get(0) % 7,
				numbers.get(1) % 2 == 0);
		server.profiled = numbers.get(2) % 3 != 0;
		server.lookedAtOnce = numbers.get(3) % 3 == 0;
		server.length = Duration.ofSeconds(numbers.get(4) % 1_000_000);
		server.maxConnections = (int) (numbers.get(5) % 100);
		server.connections.put("idle", (int) (numbers.get(5) % 300));
		server.readTime = Duration.ofNanos(numbers.get(6));
		server.writeTime = Duration.ofNanos(numbers.get(7));
		server.blocks = new Blocks(numbers.get(8), numbers.get(9));
		server.rowsFetched = numbers.get(10);
		server.rowsWritten = numbers.get(11);
		server.databaseSize = numbers.get(12);
		server.databaseGrowth = numbers.get(12) / 2;
		server.wal = new Wal(numbers.get(13), 0, 0, numbers.get(14), numbers.get(15));
		server.tables.add(new Table("t", numbers.get(0), numbers.get(1), 0, numbers.get(2), numbers.get(3),
				numbers.get(4), numbers.get(5), numbers.get(6), 3, numbers.get(7), numbers.get(8), null,
				(numbers.get(9) % 2 == 0) ? "at" : null, numbers.get(10) % 2 == 0));
		server.statement("SELECT * FROM t WHERE a(b = $1", numbers.get(11) % 1_000_000,
				Duration.ofMillis(numbers.get(12) % 1000), numbers.get(13), numbers.get(14));
		server.statement("", 0, Duration.ZERO, 0, 0);
		return server;
	}

	private static Set<String> ids(Advice advice) {
		return advice.findings().stream().map(Finding::id).collect(Collectors.toSet());
	}

	private static Evidence evidence(Set<Problem> problems) {
		Server server = Server.primary();
		List<Pool> pools = new ArrayList<>();
		List<Budget> budgets = new ArrayList<>();
		List<Pooler> poolers = new ArrayList<>();
		List<RepeatedQuery> repeated = new ArrayList<>();
		List<Method> methods = new ArrayList<>();
		List<HotSpot> hotSpots = new ArrayList<>();
		for (Problem problem : problems) {
			switch (problem) {
				case NOT_PROFILED -> {
					server.profiled = false;
				}
				case SCANS -> server.table("public.orders", 5000, 500_000_000, 0, 0, null, GIGABYTE);
				case LONG_STATEMENT ->
					server.running.add(new RunningStatement(1, Duration.ofSeconds(9), "SELECT count(*) FROM orders"));
				case LONG_VACUUM -> server.running.add(new RunningStatement(2, Duration.ofHours(9), "VACUUM orders"));
				case REPEATED -> repeated.add(new RepeatedQuery("SELECT ?", "Shop.list(Shop.java:17)", "work", 1, 10,
						Duration.ZERO, Instant.EPOCH));
				case CONNECTIONS -> server.connections.put("idle", 90);
				case BUDGET -> budgets.add(AdvisorTests.budget(BudgetVerdict.EXCEEDED, 8));
				case TIGHT_BUDGET -> budgets.add(AdvisorTests.budget(BudgetVerdict.TIGHT, 8));
				case POOL -> pools.add(AdvisorTests.pool("primary", true, 10, 5, false));
				case PGBOUNCER -> poolers.add(new Pooler("clients-waiting", "Clients wait", "Raise default_pool_size"));
				case READS -> {
					server.readTime = Duration.ofHours(30 * 8);
					server.connections.put("active", 30);
				}
				case WRITES -> {
					server.wal = new Wal(30L * 3600 * (60 << 20), 0, 0, server.wal.timedCheckpoints(),
							server.wal.requestedCheckpoints());
				}
				case LAG ->
					pools.add(new Pool("main", "replica-1", false, 0, 10, 0, false, Duration.ofSeconds(3), Map.of()));
				case CACHE_MISSES -> {
					server.blocks = new Blocks(1, 1_000_000);
				}
				case GROWTH -> server.table("public.event", 0, 0, 1000, 0, "created_at", 20 * GIGABYTE);
				case CHECKPOINTS -> {
					server.wal = new Wal(server.wal.bytes(), 0, 0, 1, 500);
				}
				case DEAD_ROWS -> server.tables.add(
						new Table("public.cart", 0, 0, 1, 0, 0, 0, 100_000, 50_000, 2, GIGABYTE, 0, null, null, false));
				case UNUSED_INDEX -> server.unusedIndexes.add(new Index("public.i", "public.cart", 0, GIGABYTE));
				case HOT_SPOT -> hotSpots.add(new HotSpot("orders", "shard-1", 0.97, 2000));
			}
		}
		return new Evidence(List.of(server.statistics()), pools, budgets, poolers, repeated, methods, hotSpots);
	}

	private enum Problem {

		NOT_PROFILED, SCANS, LONG_STATEMENT, LONG_VACUUM, REPEATED, CONNECTIONS, BUDGET, TIGHT_BUDGET, POOL, PGBOUNCER,
		READS, WRITES, LAG, CACHE_MISSES, GROWTH, CHECKPOINTS, DEAD_ROWS, UNUSED_INDEX, HOT_SPOT;

		boolean isSmall() {
			return this == LONG_VACUUM || this == TIGHT_BUDGET || this == UNUSED_INDEX;
		}

	}

}
