package dev.scaling.insight.advisor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.scaling.insight.RepeatedQuery;
import dev.scaling.insight.advisor.Evidence.Budget;
import dev.scaling.insight.advisor.Evidence.HotSpot;
import dev.scaling.insight.advisor.Evidence.Method;
import dev.scaling.insight.advisor.Evidence.Pool;
import dev.scaling.insight.advisor.Evidence.Pooler;
import dev.scaling.insight.advisor.Finding.Step;
import dev.scaling.insight.statistics.ServerStatistics.Blocks;
import dev.scaling.insight.statistics.ServerStatistics.Index;
import dev.scaling.insight.statistics.ServerStatistics.RunningStatement;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.ServerStatistics.Wal;
import dev.scaling.pool.BudgetVerdict;
import dev.scaling.routing.RoutingReason;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link Advisor}: each branch of the flowchart.
 */
class AdvisorTests {

	private static final long GIGABYTE = 1L << 30;

	private final Server primary = Server.primary();

	private final List<Server> servers = new ArrayList<>(List.of(this.primary));

	private final List<Pool> pools = new ArrayList<>();

	private final List<Budget> budgets = new ArrayList<>();

	private final List<Pooler> poolers = new ArrayList<>();

	private final List<RepeatedQuery> repeated = new ArrayList<>();

	private final List<Method> methods = new ArrayList<>();

	private final List<HotSpot> hotSpots = new ArrayList<>();

	private Thresholds thresholds = TestThresholds.unanswered();

	@Test
	void quietServersAreHealthy() {
		Advice advice = advise();
		assertThat(advice.verdict()).isEqualTo("healthy: nothing to do");
		assertThat(advice.bottleneck()).isNull();
		assertThat(advice.findings()).isEmpty();
		assertThat(advice.questions()).isEmpty();
		assertThat(advice.notes()).isEmpty();
		assertThat(advice.path()).extracting(Step::answer).containsExactly("yes", "none was found");
	}

	@Test
	void withoutStatisticsNobodyKnows() {
		this.servers.clear();
		Advice advice = advise();
		assertThat(advice.verdict()).startsWith("not known");
		assertThat(advice.notes()).singleElement().asString().contains("scaling.insight.statistics");
		assertThat(advice.path()).extracting(Step::answer).last().isEqualTo("not known");
	}

	@Test
	void withoutPgStatStatementsThatIsTheFirstStep() {
		this.primary.profiled = false;
		this.primary.table("public.orders", 5000, 500_000_000, 0, 0, null, GIGABYTE);
		Advice advice = advise();
		assertThat(advice.verdict()).contains("profile first");
		Finding profile = advice.findings().get(0);
		assertThat(profile.remedy()).isEqualTo(Remedy.PROFILE);
		assertThat(profile.next()).contains("CREATE EXTENSION pg_stat_statements");
		assertThat(advice.path()).first().extracting(Step::answer).isEqualTo("no");
		assertThat(find(advice, "sequential-scans").confidence()).isEqualTo(Confidence.MEDIUM);
	}

	@Test
	void sequentialScansNeedIndexes() {
		this.primary.table("public.orders", 5000, 500_000_000, 0, 0, null, GIGABYTE);
		this.primary.statement("SELECT o.total FROM orders o WHERE o.customer_id = $1 AND o.state = $2", 5000,
				Duration.ofMillis(20), 5000, 0);
		Advice advice = advise();
		Finding finding = advice.findings().get(0);
		assertThat(finding.id()).isEqualTo("sequential-scans");
		assertThat(finding.remedy()).isEqualTo(Remedy.TUNE);
		assertThat(finding.confidence()).isEqualTo(Confidence.HIGH);
		assertThat(finding.evidence()).singleElement()
			.asString()
			.contains("public.orders", "5000 sequential scans of 100000 rows", "within 30 h");
		assertThat(finding.next()).singleElement()
			.asString()
			.startsWith("CREATE INDEX CONCURRENTLY ON public.orders (customer_id, state)");
		assertThat(advice.verdict()).startsWith("Slow queries, sequential scans: tune first");
	}

	@Test
	void smallTablesAreRightlyScanned() {
		this.primary.table("public.color", 5000, 50_000, 0, 0, null, 8192);
		this.primary.table("public.orders", 100, 10_000_000, 0, 0, null, GIGABYTE);
		assertThat(advise().findings()).isEmpty();
	}

	@Test
	void statisticsOfLessThanADayLowerTheConfidence() {
		this.primary.length = Duration.ofMinutes(10);
		this.primary.table("public.orders", 5000, 500_000_000, 0, 0, null, GIGABYTE);
		Advice advice = advise();
		assertThat(find(advice, "sequential-scans").confidence()).isEqualTo(Confidence.MEDIUM);
		assertThat(advice.path()).first().extracting(Step::answer).isEqualTo("yes, but for 10 min");
		assertThat(advice.notes()).singleElement().asString().contains("24 h");
	}

	@Test
	void oneLookCountsSinceTheReset() {
		this.primary.lookedAtOnce = true;
		this.primary.table("public.orders", 5000, 500_000_000, 0, 0, null, GIGABYTE);
		this.primary.readTime = Duration.ofDays(1000);
		Advice advice = advise();
		assertThat(advice.findings()).extracting(Finding::id).containsExactly("sequential-scans");
		assertThat(advice.window()).contains("since the statistics were reset");
	}

	@Test
	void repeatedQueriesAreTheApplicationsOwn() {
		this.repeated.add(new RepeatedQuery("SELECT * FROM orders WHERE user_id = ?", "Shop.list(Shop.java:17)",
				"GET /users", 42, 100, Duration.ofSeconds(9), Instant.EPOCH));
		Finding finding = advise().findings().get(0);
		assertThat(finding.id()).isEqualTo("repeated-queries");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.SLOW_QUERIES);
		assertThat(finding.evidence()).singleElement().asString().contains("Shop.java:17", "100 times", "9000 ms");
		assertThat(finding.next()).singleElement().asString().contains("JOIN FETCH", "= ANY (?)");
	}

	@Test
	void slowStatementsMatterByTheirShare() {
		this.primary.statement("SELECT count(*) FROM orders JOIN item USING (id)", 10, Duration.ofMillis(2000), 10, 0);
		this.primary.statement("CREATE INDEX ON orders (id)", 1, Duration.ofMinutes(2), 0, 0);
		Finding finding = advise().findings().get(0);
		assertThat(finding.id()).isEqualTo("slow-statements");
		assertThat(finding.severity()).isEqualTo(Severity.MEDIUM);
		assertThat(finding.evidence()).singleElement().asString().contains("2000 ms on average", "10 calls");
		assertThat(finding.next()).anyMatch((step) -> step.contains("log_min_duration_statement = '100ms'"));
		this.primary.readTime = Duration.ofHours(10);
		this.primary.writeTime = Duration.ofHours(10);
		Advice advice = advise();
		assertThat(advice.verdict()).startsWith("healthy");
		assertThat(find(advice, "slow-statements").severity()).isEqualTo(Severity.LOW);
	}

	@Test
	void longStatementsAreShown() {
		this.primary.running.add(new RunningStatement(17, Duration.ofSeconds(6), "SELECT pg_sleep($1)"));
		this.primary.running.add(new RunningStatement(18, Duration.ofHours(2), "autovacuum: VACUUM public.orders"));
		Advice advice = advise();
		assertThat(find(advice, "long-statements").evidence()).singleElement().asString().contains("process 17", "6 s");
		assertThat(find(advice, "long-vacuum").evidence()).singleElement().asString().contains("process 18", "120 min");
	}

	@Test
	void budgetsThatAreExceededNeedAPooler() {
		this.budgets.add(budget(BudgetVerdict.EXCEEDED, 97));
		Finding finding = advise().findings().get(0);
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.CONNECTIONS);
		assertThat(finding.remedy()).isEqualTo(Remedy.POOL);
		assertThat(finding.severity()).isEqualTo(Severity.HIGH);
		assertThat(finding.next()).anyMatch((step) -> step.contains("default_pool_size = 50"))
			.anyMatch((step) -> step.contains("the cure"));
		this.budgets.set(0, budget(BudgetVerdict.EXCEEDED, 20));
		assertThat(advise().findings().get(0).next()).anyMatch((step) -> step.contains("default_pool_size = 20"));
		this.budgets.set(0, budget(BudgetVerdict.TIGHT, 20));
		assertThat(advise().verdict()).startsWith("healthy");
		this.budgets.set(0, budget(BudgetVerdict.FITS, 20));
		assertThat(advise().findings()).isEmpty();
	}

	@Test
	void budgetsOfAPoolerNeedOtherSizes() {
		this.budgets.add(new Budget("main", List.of("primary"), BudgetVerdict.EXCEEDED, 12, 100, 0, false,
				"12 instances x (10 + 2) = 144 > 100", "raise 'max_client_conn'"));
		Finding clients = advise().findings().get(0);
		assertThat(clients.title()).contains("than PgBouncer accepts");
		assertThat(clients.next()).containsExactly("Raise 'max_client_conn'");
		this.budgets.set(0, new Budget("main", List.of("primary"), BudgetVerdict.EXCEEDED, 12, 97, 48, true,
				"PgBouncer (50 + 50) = 100 > 97", "lower 'default_pool_size'"));
		Finding servers = advise().findings().get(0);
		assertThat(servers.title()).isEqualTo("PgBouncer may take more connections than the server has");
		assertThat(servers.next()).containsExactly("Lower 'default_pool_size'");
	}

	@Test
	void takenConnectionsNeedAPooler() {
		this.primary.connections.put("idle", 84);
		Finding finding = advise().findings().get(0);
		assertThat(finding.id()).isEqualTo("connections");
		assertThat(finding.evidence()).singleElement().asString().contains("85 of 100", "84 idle, 1 active");
		assertThat(finding.severity()).isEqualTo(Severity.MEDIUM);
		this.primary.connections.put("idle", 98);
		assertThat(advise().findings().get(0).severity()).isEqualTo(Severity.HIGH);
	}

	@Test
	void waitingForConnectionsIsABottleneck() {
		this.pools.add(pool("primary", true, 10, 3, false));
		this.poolers.add(new Pooler("clients-waiting", "Clients wait", "Raise default_pool_size"));
		Advice advice = advise();
		assertThat(advice.findings()).extracting(Finding::id)
			.containsExactlyInAnyOrder("pool-exhausted", "pgbouncer-clients-waiting");
		assertThat(advice.bottleneck()).isEqualTo(Bottleneck.CONNECTIONS);
		assertThat(find(advice, "pool-exhausted").recommendation()).contains("Put PgBouncer");
		this.pools.set(0, pool("primary", true, 10, 3, true));
		assertThat(find(advise(), "pool-exhausted").recommendation()).contains("which is there");
	}

	@Test
	void readLoadNeedsReplicas() {
		this.primary.readTime = Duration.ofHours(30 * 4);
		this.methods.add(new Method("main", "shop.Orders.findAll", 17));
		Advice advice = advise();
		Finding finding = advice.findings().get(0);
		assertThat(finding.id()).isEqualTo("read-load");
		assertThat(finding.remedy()).isEqualTo(Remedy.REPLICATE);
		assertThat(finding.severity()).isEqualTo(Severity.HIGH);
		assertThat(finding.evidence()).first().asString().contains("4 reads", "2.80 or more", "within 30 h");
		assertThat(finding.recommendation()).contains("Add a read replica");
		assertThat(finding.next()).anyMatch((step) -> step.contains("shop.Orders.findAll"));
		assertThat(finding.path()).last().extracting(Step::answer).isEqualTo("not said, assumed");
		assertThat(advice.questions()).extracting(Advice.Question::property)
			.containsExactly("scaling.advisor.processors", "scaling.advisor.acceptable-lag");
	}

	@Test
	void replicasThatAreThereAreToBeUsed() {
		this.primary.readTime = Duration.ofHours(30 * 4);
		this.pools.add(pool("primary", true, 1, 0, false));
		this.pools.add(pool("replica-1", false, 1, 0, false));
		this.methods.add(new Method("main", "shop.Orders.findAll", 17));
		Advice advice = advise();
		assertThat(find(advice, "read-load").recommendation()).contains("that are there");
		assertThat(find(advice, "read-load").evidence())
			.anyMatch((line) -> line.contains("chosen 7 times") && line.contains("session-consistency"));
		assertThat(find(advice, "read-write-reads").severity()).isEqualTo(Severity.LOW);
	}

	@Test
	void whereNoLagIsAcceptableReplicasDoNotHelp() {
		this.primary.readTime = Duration.ofHours(30 * 4);
		this.thresholds = TestThresholds.of(Duration.ZERO, null, 4, null);
		Advice advice = advise();
		assertThat(advice.findings().get(0).remedy()).isEqualTo(Remedy.SCALE_UP);
		assertThat(advice.questions()).extracting(Advice.Question::property)
			.containsExactly("scaling.advisor.scale-up-exhausted");
		this.thresholds = TestThresholds.of(Duration.ZERO, true, 4, null);
		assertThat(advise().findings().get(0).remedy()).isEqualTo(Remedy.SHARD);
	}

	@Test
	void moreProcessorsBearMore() {
		this.primary.readTime = Duration.ofHours(30 * 4);
		this.thresholds = TestThresholds.of(Duration.ofSeconds(1), null, 16, null);
		assertThat(advise().findings()).isEmpty();
	}

	@Test
	void withoutPgStatStatementsTheLoadIsAGuess() {
		this.primary.profiled = false;
		this.primary.connections.put("active", 9);
		assertThat(find(advise(), "read-load").confidence()).isEqualTo(Confidence.LOW);
	}

	@Test
	void busyReplicasNeedAnotherOne() {
		Server replica = Server.replica();
		replica.readTime = Duration.ofHours(30 * 4);
		this.servers.add(replica);
		Finding finding = advise().findings().get(0);
		assertThat(finding.id()).isEqualTo("replica-load");
		assertThat(finding.next()).singleElement().asString().contains("scaling.replicas.replica-2.url");
	}

	@Test
	void replicasMayLagAsFarAsIsAcceptable() {
		this.pools.add(new Pool("main", "replica-1", false, 0, 10, 0, false, Duration.ofSeconds(3), Map.of()));
		assertThat(advise().findings()).extracting(Finding::id).containsExactly("replica-lag");
		this.thresholds = TestThresholds.of(Duration.ofSeconds(5), null, null, null);
		assertThat(advise().findings()).isEmpty();
	}

	@Test
	void missesOfTheCacheNeedMemory() {
		this.primary.blocks = new Blocks(90_000, 10_000);
		Finding finding = advise().findings().get(0);
		assertThat(finding.id()).isEqualTo("cache-hit-ratio");
		assertThat(finding.evidence()).singleElement()
			.asString()
			.contains("90 % of 100000 blocks", "should be 95 %", "shared_buffers = 128MB");
	}

	@Test
	void hotRowsThatHardlyChangeAreWorthACache() {
		this.primary.table("public.rate", 0, 0, 0, 10, null, 8192);
		this.primary.statement("SELECT value FROM rate WHERE currency = $1", 30 * 3600 * 200, Duration.ofNanos(10_000),
				30 * 3600 * 200, 0);
		Advice advice = advise();
		assertThat(advice.verdict()).isEqualTo("healthy: nothing to do now");
		assertThat(find(advice, "cache-candidates").next()).singleElement().asString().contains("@Cacheable");
		this.primary.tables.clear();
		this.primary.table("public.rate", 0, 0, 0, 10_000_000, null, 8192);
		assertThat(advise().findings()).isEmpty();
	}

	@Test
	void writesOfTimeSeriesNeedPartitions() {
		this.primary.wal = new Wal(30L * 3600 * (60 << 20), 0, 0, 10, 0);
		this.primary.table("public.event", 0, 0, 100_000_000, 0, "created_at", GIGABYTE);
		this.primary.table("public.orders", 0, 0, 100, 100, null, GIGABYTE);
		Finding finding = advise().findings().get(0);
		assertThat(finding.id()).isEqualTo("write-load");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.WRITE_LOAD);
		assertThat(finding.remedy()).isEqualTo(Remedy.PARTITION);
		assertThat(finding.path()).last().extracting(Step::answer).isEqualTo("yes: public.event");
		assertThat(finding.next()).anyMatch((step) -> step.contains("PARTITION BY RANGE (created_at)"))
			.anyMatch((step) -> step.contains("event_2026_03") && step.contains("TO ('2026-04-01')"));
	}

	@Test
	void writesOfManyKindsNeedALargerServer() {
		this.primary.writeTime = Duration.ofHours(30 * 3);
		this.primary.table("public.orders", 0, 0, 1_000_000, 1_000_000, null, GIGABYTE);
		Advice advice = advise();
		assertThat(advice.findings().get(0).remedy()).isEqualTo(Remedy.SCALE_UP);
		assertThat(advice.questions()).extracting(Advice.Question::property)
			.containsExactly("scaling.advisor.processors", "scaling.advisor.scale-up-exhausted");
	}

	@Test
	void shardingIsTheLastResort() {
		this.primary.writeTime = Duration.ofHours(30 * 3);
		this.primary.table("public.orders", 0, 0, 1_000_000, 1_000_000, null, GIGABYTE);
		this.thresholds = TestThresholds.of(null, true, 4, null);
		Finding finding = advise().findings().get(0);
		assertThat(finding.remedy()).isEqualTo(Remedy.SHARD);
		assertThat(finding.path()).extracting(Step::answer)
			.containsExactly("yes", "high write load, WAL throughput limit",
					"no: most writes go to tables without a time or a range, or to partitions already", "yes");
	}

	@Test
	void largeTablesThatGrowNeedPartitions() {
		this.primary.table("public.event", 0, 0, 1000, 0, "created_at", 20 * GIGABYTE);
		Advice advice = advise();
		Finding finding = advice.findings().get(0);
		assertThat(finding.id()).isEqualTo("table-growth");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.STORAGE);
		assertThat(finding.remedy()).isEqualTo(Remedy.PARTITION);
		assertThat(advice.questions()).extracting(Advice.Question::property).containsExactly("scaling.advisor.storage");
	}

	@Test
	void tablesWithoutATimeArePartitionedByRangeIfTheyOnlyGrow() {
		this.primary.table("public.entry", 0, 0, 1000, 10, null, 20 * GIGABYTE);
		assertThat(find(advise(), "table-growth").confidence()).isEqualTo(Confidence.MEDIUM);
		this.primary.tables.clear();
		this.primary.table("public.entry", 0, 0, 1000, 1000, null, 20 * GIGABYTE);
		assertThat(advise().findings()).isEmpty();
	}

	@Test
	void storageThatFillsUpIsSeen() {
		this.primary.databaseSize = 50 * GIGABYTE;
		this.primary.databaseGrowth = GIGABYTE;
		this.thresholds = TestThresholds.of(null, null, null, DataSize.ofGigabytes(100));
		Finding finding = find(advise(), "storage-full");
		assertThat(finding.title()).isEqualTo("The storage is full in 62 days");
		assertThat(finding.remedy()).isEqualTo(Remedy.SCALE_UP);
		this.thresholds = TestThresholds.of(null, null, null, DataSize.ofGigabytes(1000));
		assertThat(advise().findings()).isEmpty();
	}

	@Test
	void checkpointsThatWalForcesAreTuned() {
		this.primary.wal = new Wal(1, 0, 0, 10, 30);
		Finding finding = advise().findings().get(0);
		assertThat(finding.id()).isEqualTo("checkpoints");
		assertThat(finding.evidence()).first().asString().contains("30 of 40", "75 %");
	}

	@Test
	void deadRowsAreTuned() {
		this.primary.tables.add(new Table("public.orders", 0, 0, 1, 0, 0, 0, 100_000, 50_000, 2, GIGABYTE, 0,
				Server.START, null, false));
		assertThat(find(advise(), "dead-rows").evidence()).singleElement().asString().contains("50000", "33 %");
	}

	@Test
	void indexesThatCostMoreThanTheyHelpAreNotes() {
		this.primary.tables.add(
				new Table("public.orders", 0, 0, 1, 1000, 0, 0, 100_000, 0, 17, GIGABYTE, GIGABYTE, null, null, false));
		this.primary.unusedIndexes.add(new Index("public.orders_old", "public.orders", 0, GIGABYTE));
		this.primary.unusedIndexes.add(new Index("public.orders_report", "public.orders", 0, GIGABYTE));
		this.primary.unusedIndexes.add(new Index("public.orders_tiny", "public.orders", 0, 8192));
		Server replica = Server.replica();
		replica.unusedIndexes.add(new Index("public.orders_old", "public.orders", 0, GIGABYTE));
		this.servers.add(replica);
		Advice advice = advise();
		assertThat(advice.verdict()).startsWith("healthy");
		assertThat(find(advice, "many-indexes").evidence()).singleElement().asString().contains("17 indexes");
		assertThat(find(advice, "unused-indexes").next()).containsExactly("DROP INDEX CONCURRENTLY public.orders_old");
	}

	@Test
	void hotSpotsOfRangesAreShown() {
		this.hotSpots.add(new HotSpot("orders", "shard-1", 0.97, 2000));
		Finding finding = advise().findings().get(0);
		assertThat(finding.remedy()).isEqualTo(Remedy.SHARD);
		assertThat(finding.evidence()).singleElement().asString().contains("97 %", "shard-1");
	}

	@Test
	void hotKeysAreShownWithoutTheKey() {
		this.hotSpots.add(HotSpot.ofKey("tenants", "shard-1", 0.62));
		Finding finding = find(advise(), "hot-key");
		assertThat(finding.remedy()).isEqualTo(Remedy.SHARD);
		assertThat(finding.evidence()).singleElement().asString().contains("62 %", "shard-1");
		assertThat(finding.next()).anyMatch((step) -> step.contains("/actuator/scalingkeys/tenants"));
	}

	@Test
	void whatIsCheapComesFirst() {
		this.primary.writeTime = Duration.ofHours(30 * 3);
		this.primary.readTime = Duration.ofHours(30 * 8);
		this.primary.table("public.orders", 5000, 500_000_000, 1_000_000, 1_000_000, null, GIGABYTE);
		this.budgets.add(budget(BudgetVerdict.EXCEEDED, 97));
		this.hotSpots.add(new HotSpot("orders", "shard-1", 0.97, 2000));
		this.primary.table("public.event", 0, 0, 1000, 0, "created_at", 20 * GIGABYTE);
		assertThat(advise().findings()).extracting(Finding::remedy)
			.containsExactly(Remedy.TUNE, Remedy.POOL, Remedy.REPLICATE, Remedy.PARTITION, Remedy.SCALE_UP,
					Remedy.SHARD);
	}

	@Test
	void clustersAreJudgedOneByOne() {
		Server shard = new Server("shard-1", "shard-1/primary", true);
		shard.readTime = Duration.ofHours(30 * 4);
		this.servers.add(shard);
		this.repeated
			.add(new RepeatedQuery("SELECT ?", "Shop.list(Shop.java:17)", "work", 1, 10, Duration.ZERO, Instant.EPOCH));
		assertThat(advise().findings()).extracting(Finding::id, Finding::cluster)
			.containsExactly(tuple("repeated-queries", "main"), tuple("read-load", "shard-1"));
	}

	@Test
	void theTableOfComparisonsIsTheArticles() {
		assertThat(Stream.of(Remedy.values()).map(Remedy::complexity)).containsExactly("None", "None", "Low", "Low",
				"Medium", "Low-Medium", "None", "High");
	}

	private Advice advise() {
		return new Advisor(this.thresholds).advise(new Evidence(this.servers.stream().map(Server::statistics).toList(),
				this.pools, this.budgets, this.poolers, this.repeated, this.methods, this.hotSpots));
	}

	private static Finding find(Advice advice, String id) {
		return advice.findings().stream().filter((finding) -> finding.id().equals(id)).findFirst().orElseThrow();
	}

	static Budget budget(BudgetVerdict verdict, int poolSize) {
		return new Budget("main", List.of("primary"), verdict, 12, 97, poolSize, false,
				"12 instances x (10 + 1) = 132 > 97 usable on primary", "the cure");
	}

	static Pool pool(String node, boolean primary, int busy, int waiting, boolean pooled) {
		return new Pool("main", node, primary, busy, 10, waiting, pooled, null,
				primary ? Map.of(RoutingReason.SESSION_CONSISTENCY, 7L, RoutingReason.READ_WRITE, 100L) : Map.of());
	}

}
