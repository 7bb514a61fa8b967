package dev.scaling.starter.advisor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.actuate.endpoint.ScalingAdvisorEndpoint;
import dev.scaling.insight.advisor.Advice;
import dev.scaling.insight.advisor.Bottleneck;
import dev.scaling.insight.advisor.Finding;
import dev.scaling.insight.advisor.Remedy;
import dev.scaling.insight.advisor.ScalingAdvisor;
import dev.scaling.insight.statistics.StatisticsCollector;
import dev.scaling.routing.NodePool;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the advisor on workloads that are real but small: all are judged by the same
 * thresholds, which a small machine reaches within seconds.
 */
class WorkloadTests {

	private static final int THREADS = 6;

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private ClusterApplication application;

	private JdbcTemplate server;

	@BeforeEach
	void prepare() {
		this.server = new JdbcTemplate(cluster.cluster().primary().dataSource());
		this.server.execute("DROP SCHEMA public CASCADE");
		this.server.execute("CREATE SCHEMA public");
		this.server.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
	}

	@AfterEach
	void close() {
		this.application.close();
	}

	@Test
	void missingIndex() {
		this.server.execute("CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total int)");
		this.server.execute("INSERT INTO orders SELECT i, i % 500, i FROM generate_series(1, 20000) i");
		this.server.execute("VACUUM ANALYZE orders");
		start();
		for (int i = 0; i < 200; i++) {
			transaction("shop.Orders.total", "SELECT sum(total) FROM orders WHERE customer_id = ?", i);
		}
		Finding finding = awaitFirst("sequential-scans");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.SLOW_QUERIES);
		assertThat(finding.remedy()).isEqualTo(Remedy.TUNE);
		assertThat(finding.next())
			.anyMatch((step) -> step.startsWith("CREATE INDEX CONCURRENTLY ON public.orders (customer_id)"));
		assertThat(finding.path().get(0).answer()).startsWith("yes, but for");
		WebEndpointResponse<?> text = (WebEndpointResponse<?>) this.application.bean(ScalingAdvisorEndpoint.class)
			.advice(ScalingAdvisorEndpoint.AdviceFormat.TEXT);
		assertThat(String.valueOf(text.getBody())).startsWith("Verdict: Slow queries, sequential scans: tune first.")
			.contains("\n1. [tune] Tables are read from beginning to end, again and again (cluster main, ",
					"WHERE customer_id = $1");
	}

	@Test
	void repeatedQueries() {
		createItems();
		start("scaling.insight.repeated-queries.sample=1");
		readWrite("shop.Users.show").executeWithoutResult((status) -> {
			for (int i = 0; i < 50; i++) {
				this.application.jdbc().queryForObject("SELECT price FROM item WHERE id = ?", Integer.class, i);
			}
		});
		Finding finding = awaitFirst("repeated-queries");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.SLOW_QUERIES);
		assertThat(finding.evidence()).singleElement()
			.asString()
			.contains("WorkloadTests.java:", "up to 50 times", "shop.Users.show");
		assertThat(finding.next()).singleElement().asString().contains("JOIN", "= ANY (?)");
	}

	@Test
	void tooManyConnections() throws SQLException {
		createItems();
		start();
		List<Connection> idle = new ArrayList<>();
		try {
			for (int i = 0; i < 50; i++) {
				idle.add(cluster.cluster().primary().dataSource().getConnection());
			}
			Finding finding = awaitFirst("connections");
			assertThat(finding.bottleneck()).isEqualTo(Bottleneck.CONNECTIONS);
			assertThat(finding.remedy()).isEqualTo(Remedy.POOL);
			assertThat(finding.evidence()).singleElement()
				.asString()
				.contains("primary: ", " of 100 connections", "idle");
			assertThat(finding.next()).anyMatch((step) -> step.contains("pool_mode = transaction"));
		}
		finally {
			for (Connection connection : idle) {
				connection.close();
			}
		}
	}

	@Test
	void readSaturation() throws Exception {
		createItems();
		start();
		load(() -> transaction("shop.Items.findCheapest",
				"SELECT count(*) FROM item WHERE id BETWEEN ? AND ? AND md5(md5(price::text)) > 'a'", 5000, 9000));
		Finding finding = awaitFirst("read-load");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.READ_LOAD);
		assertThat(finding.remedy()).isEqualTo(Remedy.REPLICATE);
		assertThat(finding.recommendation()).contains("the replicas that are there");
		assertThat(finding.next()).anyMatch((step) -> step.startsWith("shop.Items.findCheapest: "));
	}

	@Test
	void writeSaturation() {
		Stream.of("orders", "customer", "stock")
			.forEach((table) -> this.server.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, state text)"));
		start();
		write();
		Finding finding = awaitFirst("write-load");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.WRITE_LOAD);
		assertThat(finding.remedy()).isEqualTo(Remedy.SCALE_UP);
		assertThat(finding.path()).last().extracting(Finding.Step::answer).isEqualTo("not said, assumed not");
		assertThat(advice().questions()).extracting(Advice.Question::property)
			.contains("scaling.advisor.scale-up-exhausted");
	}

	@Test
	void writeSaturationOfTheLargestServer() {
		Stream.of("orders", "customer", "stock")
			.forEach((table) -> this.server.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, state text)"));
		start("scaling.advisor.scale-up-exhausted=true");
		write();
		assertThat(awaitFirst("write-load").remedy()).isEqualTo(Remedy.SHARD);
	}

	@Test
	void growthOfTimeSeries() {
		this.server
			.execute("CREATE TABLE measurement (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, value text)");
		this.server.execute("INSERT INTO measurement SELECT i, now() - interval '1 day' + i * interval '1 second',"
				+ " repeat('x', 300) FROM generate_series(1, 80000) i");
		this.server.execute("VACUUM ANALYZE measurement");
		start();
		for (int i = 0; i < 50; i++) {
			transaction("shop.Measurements.add",
					"WITH a AS (INSERT INTO measurement VALUES (?, now(), 'x') RETURNING 1)" + " SELECT 1 FROM a",
					100_000 + i);
		}
		Finding finding = awaitFirst("table-growth");
		assertThat(finding.bottleneck()).isEqualTo(Bottleneck.STORAGE);
		assertThat(finding.remedy()).isEqualTo(Remedy.PARTITION);
		assertThat(finding.next()).anyMatch((step) -> step.contains("PARTITION BY RANGE (created_at)"));
	}

	@Test
	void quietApplication() {
		createItems();
		start();
		for (int i = 0; i < 200; i++) {
			int id = i;
			this.application.read(() -> this.application.jdbc()
				.queryForObject("SELECT price FROM item WHERE id = ?", Integer.class, id));
			transaction("shop.Items.sell",
					"WITH a AS (UPDATE item SET price = price + 1 WHERE id = ? RETURNING 1)" + " SELECT 1 FROM a", i);
		}
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			collect();
			assertThat(this.server.queryForObject("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'item'",
					Integer.class))
				.isEqualTo(200);
		});
		collect();
		Advice advice = advice();
		assertThat(advice.findings()).noneMatch((finding) -> finding.severity().tag().equals("high"));
		assertThat(advice.verdict()).as(advice::toString).startsWith("healthy: nothing to do");
		assertThat(advice.bottleneck()).isNull();
	}

	private void createItems() {
		this.server.execute("CREATE TABLE item (id int PRIMARY KEY, price int)");
		this.server.execute("INSERT INTO item SELECT i, i FROM generate_series(0, 19999) i");
		this.server.execute("VACUUM ANALYZE item");
	}

	private void write() {
		for (String table : List.of("orders", "customer", "stock")) {
			for (int i = 0; i < 4; i++) {
				this.application.write("INSERT INTO " + table + " SELECT i, repeat('x', 1200) FROM generate_series("
						+ (i * 4000) + ", " + (i * 4000 + 3999) + ") i");
			}
			this.application.write("UPDATE " + table + " SET state = 'sent' WHERE id < 2000");
		}
	}

	private void start(String... properties) {
		cluster.cluster().awaitReplication();
		this.server.execute("SELECT pg_stat_reset(), pg_stat_statements_reset()");
		List<String> all = new ArrayList<>(List.of("spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=scalingadvisor,scalingdecisions",
				"scaling.insight.statistics.interval=1h", "scaling.advisor.processors=1",
				"scaling.advisor.saturation=0.3", "scaling.advisor.acceptable-lag=1h",
				"scaling.advisor.slow-statement=2s", "scaling.advisor.long-statement=1m",
				"scaling.advisor.connection-share=0.5", "scaling.advisor.wal-rate=10MB",
				"scaling.advisor.partition-size=20MB", "scaling.advisor.cache-hit-ratio=0.5"));
		all.addAll(List.of(properties));
		this.application = ClusterApplication.start(cluster.cluster(), all.toArray(String[]::new));
		this.application.bean(StatisticsCollector.class).collect();
	}

	private TransactionTemplate readWrite(String name) {
		TransactionTemplate transaction = this.application.readWrite();
		transaction.setName(name);
		return transaction;
	}

	private void transaction(String name, String sql, Object... arguments) {
		readWrite(name)
			.executeWithoutResult((status) -> this.application.jdbc().queryForObject(sql, Integer.class, arguments));
	}

	/**
	 * Does the work in several threads for two seconds.
	 */
	private static void load(Runnable work) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
			List<Future<?>> loads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				loads.add(threads.submit(() -> {
					while (System.nanoTime() - end < 0) {
						work.run();
					}
				}));
			}
			for (Future<?> load : loads) {
				load.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * A server notes what its sessions have done at their end, or else some seconds
	 * later.
	 */
	private void collect() {
		for (NodePool pool : this.application.topology().pools()) {
			HikariPoolMXBean statistics = pool.statistics();
			if (statistics != null) {
				statistics.softEvictConnections();
			}
		}
		this.application.bean(StatisticsCollector.class).collect();
	}

	private Advice advice() {
		return this.application.bean(ScalingAdvisor.class).advice();
	}

	private Finding awaitFirst(String id) {
		await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			collect();
			Advice advice = advice();
			assertThat(advice.findings()).as(advice::toString).isNotEmpty();
			assertThat(advice.findings().get(0).id()).as(advice::toString).isEqualTo(id);
		});
		Advice advice = advice();
		assertThat(advice.bottleneck()).isEqualTo(advice.findings().get(0).bottleneck());
		return advice.findings().get(0);
	}

}
