package dev.scaling.starter.statistics;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.metrics.ScalingMeters;
import dev.scaling.metrics.StatisticsMetrics;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StatisticsMetrics}: the meters show what the servers say when they are
 * asked directly.
 */
class StatisticsMetersTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final JdbcTemplate primary = new JdbcTemplate(cluster.cluster().primary().dataSource());

	private final AskedCluster asked = asked();

	private static AskedCluster asked() {
		Map<String, String> urls = new LinkedHashMap<>();
		cluster.cluster().nodes().forEach((node) -> urls.put(node.id(), node.jdbcUrl()));
		return new AskedCluster(urls, cluster.cluster().primary().username(), "secret");
	}

	@BeforeEach
	void bind() {
		new StatisticsMetrics(this.asked.collector(), 2).bindTo(this.registry);
		this.primary.execute("DROP TABLE IF EXISTS metered, metered_too");
		this.primary.execute("CREATE TABLE metered (id int PRIMARY KEY, note text)");
		this.primary.execute("CREATE TABLE metered_too AS SELECT generate_series(1, 10) AS id");
		this.primary.execute("INSERT INTO metered SELECT i, 'note' FROM generate_series(1, 100) i");
		this.primary.execute("VACUUM ANALYZE metered");
		this.primary
			.execute("DO $$ BEGIN FOR i IN 1..150 LOOP PERFORM count(note || i) FROM metered; END LOOP; END $$");
		this.primary.execute("DELETE FROM metered WHERE id <= 5");
	}

	private double value(String meter, String node, String... tags) {
		return this.registry.get("scaling.server." + meter)
			.tag("cluster", "main")
			.tag("node", node)
			.tags(tags)
			.meter()
			.measure()
			.iterator()
			.next()
			.getValue();
	}

	private double ofPrimary(String sql) {
		return this.primary.queryForObject(sql, Double.class);
	}

	private double ofReplica(String sql) {
		return new JdbcTemplate(cluster.cluster().replica(1).dataSource()).queryForObject(sql, Double.class);
	}

	private List<String> tables(String meter, String node) {
		return this.registry.find("scaling.server." + meter)
			.tag("node", node)
			.meters()
			.stream()
			.map((found) -> found.getId().getTag("table"))
			.toList();
	}

	@Test
	void metersAreThoseThatAreDocumented() throws SQLException {
		try (Connection connection = cluster.cluster().primary().dataSource().getConnection()) {
			assertThat(connection.isValid(1)).isTrue();
			this.asked.collect();
		}
		List<ScalingMeters> documented = Arrays.stream(ScalingMeters.values())
			.filter((meter) -> meter.getName().startsWith("scaling.server."))
			.toList();
		assertThat(documented).hasSize(21);
		for (ScalingMeters each : documented) {
			assertThat(this.registry.get(each.getName()).meters()).allSatisfy((meter) -> {
				assertThat(meter.getId().getType()).isEqualTo(each.getType());
				assertThat(meter.getId().getBaseUnit()).isEqualTo(each.getBaseUnit());
				assertThat(meter.getId().getDescription()).isNotEmpty();
				assertThat(meter.getId().getTags()).extracting(Tag::getKey)
					.containsExactlyInAnyOrder(
							Arrays.stream(each.getKeyNames()).map(KeyName::asString).toArray(String[]::new));
			});
		}
		assertThat(this.registry.getMeters()).extracting(Meter::getId)
			.extracting(Meter.Id::getName)
			.isSubsetOf(documented.stream().map(ScalingMeters::getName).toList());
	}

	@Test
	void metersShowWhatTheServersSay() {
		cluster.cluster().awaitReplication();
		String database = " FROM pg_stat_database WHERE datname = current_database()";
		String table = " FROM pg_stat_user_tables WHERE relname = 'metered'";
		await().untilAsserted(() -> {
			double hit = ofPrimary("SELECT sum(heap_blks_hit) FROM pg_statio_user_tables");
			this.asked.collect();
			assertThat(value("connections.max", "primary")).isEqualTo(100);
			assertThat(value("statements.long", "primary")).isZero();
			assertThat(value("cache.blocks", "primary", "result", "hit")).isGreaterThanOrEqualTo(hit);
			assertThat(value("cache.hit.ratio", "primary"))
				.isEqualTo(ofPrimary("SELECT sum(heap_blks_hit)::float8 / sum(heap_blks_hit + heap_blks_read)"
						+ " FROM pg_statio_user_tables"));
			assertThat(value("replication.lag", "primary", "standby", standby())).isZero();
			assertThat(value("deadlocks", "primary")).isEqualTo(ofPrimary("SELECT deadlocks" + database));
			assertThat(value("conflicts", "replica-1")).isEqualTo(ofReplica("SELECT conflicts" + database));
			assertThat(value("temporary.files", "primary")).isEqualTo(ofPrimary("SELECT temp_files" + database));
			assertThat(value("temporary.bytes", "primary")).isEqualTo(ofPrimary("SELECT temp_bytes" + database));
			assertThat(value("database.size", "primary"))
				.isEqualTo(ofPrimary("SELECT pg_database_size(current_database())"));
			assertThat(value("transactions", "primary", "outcome", "committed")).isBetween(1.0,
					ofPrimary("SELECT xact_commit" + database));
			assertThat(value("transactions", "primary", "outcome", "rolled-back")).isBetween(1.0,
					ofPrimary("SELECT xact_rollback" + database));
			assertThat(value("wal", "primary")).isBetween(1000.0, ofPrimary("SELECT wal_bytes FROM pg_stat_wal"));
			assertThat(value("checkpoints", "primary", "kind", "timed"))
				.isEqualTo(Checkpoints.of(this.primary).timed());
			assertThat(value("checkpoints", "primary", "kind", "requested"))
				.isEqualTo(Checkpoints.of(this.primary).requested());
			assertThat(value("statements", "primary")).isPositive();
			assertThat(value("statements.time", "primary")).isBetween(0.001,
					ofPrimary("SELECT sum(total_exec_time) FROM pg_stat_statements"));
			assertThat(value("table.scans", "primary", "table", "public.metered")).isGreaterThan(150)
				.isEqualTo(ofPrimary("SELECT seq_scan" + table));
			assertThat(value("table.rows.scanned", "primary", "table", "public.metered"))
				.isEqualTo(ofPrimary("SELECT seq_tup_read" + table));
			assertThat(value("table.rows.dead", "primary", "table", "public.metered")).isEqualTo(5);
			assertThat(value("table.size", "primary", "table", "public.metered"))
				.isEqualTo(ofPrimary("SELECT pg_table_size('metered')"));
			assertThat(value("table.indexes.size", "primary", "table", "public.metered"))
				.isEqualTo(ofPrimary("SELECT pg_indexes_size('metered')"));
		});
		assertThat(this.registry.find("scaling.server.wal").tag("node", "replica-1").meters()).isEmpty();
		assertThat(this.registry.find("scaling.server.checkpoints").tag("node", "replica-1").meters()).isEmpty();
	}

	private String standby() {
		return this.primary.queryForObject("SELECT application_name FROM pg_stat_replication", String.class);
	}

	@Test
	void connectionsHaveTheirStates() throws SQLException {
		await().untilAsserted(() -> {
			this.asked.collect();
			assertThat(this.registry.find("scaling.server.connections").tag("state", "idle-in-transaction").gauge())
				.isNull();
		});
		try (Connection connection = cluster.cluster().primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("SELECT 1");
			this.asked.collect();
			assertThat(value("connections", "primary", "state", "idle-in-transaction")).isOne();
		}
		await().untilAsserted(() -> {
			this.asked.collect();
			assertThat(this.registry.find("scaling.server.connections").tag("state", "idle-in-transaction").gauge())
				.isNull();
		});
	}

	@Test
	void tableThatIsGoneHasNoMeters() {
		await().untilAsserted(() -> {
			this.asked.collect();
			assertThat(tables("table.scans", "primary")).hasSize(2).contains("public.metered");
			assertThat(tables("table.size", "primary")).hasSize(2).contains("public.metered");
		});
		this.primary.execute("DROP TABLE metered");
		this.asked.collect();
		assertThat(tables("table.scans", "primary")).containsExactly("public.metered_too");
		assertThat(tables("table.size", "primary")).containsExactly("public.metered_too");
	}

	@Test
	void nodeThatIsAwayHasCountersThatStandStill() {
		this.asked.collect();
		double transactions = value("transactions", "replica-1", "outcome", "committed");
		PostgresNode replica = cluster.cluster().replica(1);
		replica.kill();
		try {
			this.asked.collect();
			assertThat(value("transactions", "replica-1", "outcome", "committed")).isEqualTo(transactions);
			assertThat(this.registry.find("scaling.server.connections.max").tag("node", "replica-1").meters())
				.isEmpty();
			assertThat(this.registry.find("scaling.server.connections.max").tag("node", "primary").meters()).hasSize(1);
		}
		finally {
			replica.start();
		}
		this.asked.collect();
		assertThat(value("connections.max", "replica-1")).isEqualTo(100);
	}

}
