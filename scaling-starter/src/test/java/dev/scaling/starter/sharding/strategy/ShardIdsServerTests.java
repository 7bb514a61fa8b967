package dev.scaling.starter.sharding.strategy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.scaling.ShardIds;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for the ids that {@link ShardIds#sql(int)} makes a shard give.
 */
class ShardIdsServerTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(0).extension();

	private static final String NEXT = "SELECT scaling_next_id()";

	private JdbcTemplate template;

	@BeforeEach
	void createFunction(PostgresCluster cluster) {
		this.template = new JdbcTemplate(cluster.primary().dataSource());
		this.template.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
		this.template.execute(ShardIds.sql(7));
	}

	@Test
	void idHasTimeAndShard() {
		long id = next();
		assertThat(ShardIds.time(id)).isCloseTo(Instant.now(), within(5, ChronoUnit.SECONDS));
		assertThat(ShardIds.shard(id)).isEqualTo(7);
		assertThat(ShardIds.sequence(id)).isZero();
	}

	@Test
	void idsGrowAlsoWhenThereAreMoreThanFitAMillisecond() {
		List<Long> ids = this.template.queryForList("SELECT scaling_next_id() FROM generate_series(1, 20000)",
				Long.class);
		assertThat(ids).isSorted().doesNotHaveDuplicates().allMatch((id) -> ShardIds.shard(id) == 7);
	}

	@Test
	void clockThatGoesBackDoesNotRepeatIds() {
		long before = next();
		long ahead = 60 * 60 * 1000;
		this.template.queryForObject("SELECT setval('scaling_id_seq', last_value + (? << 12)) FROM scaling_id_seq",
				Long.class, ahead);
		List<Long> ids = this.template.queryForList("SELECT scaling_next_id() FROM generate_series(1, 10000)",
				Long.class);
		assertThat(ids).isSorted().doesNotHaveDuplicates();
		assertThat(ShardIds.time(ids.get(0))).isEqualTo(ShardIds.time(before).plusMillis(ahead));
		assertThat(ShardIds.time(ids.get(9999))).isBetween(ShardIds.time(before).plusMillis(ahead + 2),
				ShardIds.time(before).plusMillis(ahead + 3));
	}

	@Test
	void sessionsNeverGetTheSameId(PostgresCluster cluster) throws Exception {
		assertThatIdsOfSessionsDiffer(cluster);
	}

	@Test
	void sessionsNeverGetTheSameIdWhileTheCounterIsMovedAllTheTime(PostgresCluster cluster) throws Exception {
		String sql = ShardIds.sql(7);
		assertThat(sql).contains("clock - 100");
		this.template.execute(sql.replace("clock - 100", "clock - 2"));
		assertThatIdsOfSessionsDiffer(cluster);
	}

	private static void assertThatIdsOfSessionsDiffer(PostgresCluster cluster) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Callable<List<Long>>> sessions = new ArrayList<>();
			for (int session = 0; session < 8; session++) {
				sessions.add(() -> ids(cluster, 2000));
			}
			Set<Long> all = new HashSet<>();
			for (Future<List<Long>> session : executor.invokeAll(sessions)) {
				assertThat(session.get()).isSorted();
				all.addAll(session.get());
			}
			assertThat(all).hasSize(16_000);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void openTransactionBlocksNobody(PostgresCluster cluster) throws SQLException {
		try (Connection first = cluster.primary().dataSource().getConnection();
				Connection second = cluster.primary().dataSource().getConnection();
				Statement firstStatement = first.createStatement();
				Statement secondStatement = second.createStatement()) {
			first.setAutoCommit(false);
			long firstId = number(firstStatement, NEXT);
			secondStatement.execute("SET statement_timeout = '5s'");
			assertThat(number(secondStatement, NEXT)).isGreaterThan(firstId);
			assertThat(number(firstStatement, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).isZero();
			first.rollback();
			assertThat(next()).isGreaterThan(firstId);
		}
	}

	@Test
	void sqlMayRunAgain() {
		long before = next();
		this.template.execute(ShardIds.sql(7));
		assertThat(next()).isGreaterThan(before);
	}

	@Test
	void idIsTheDefaultOfAColumn() {
		this.template.execute("CREATE TABLE person (id bigint PRIMARY KEY DEFAULT scaling_next_id(), name text)");
		List<Long> ids = this.template.queryForList(
				"INSERT INTO person (name) SELECT 'a' FROM generate_series(1, 5000) RETURNING id", Long.class);
		assertThat(ids).hasSize(5000).isSorted();
	}

	@Test
	void counterOfAnotherSchemaIsNotUsed() {
		this.template.execute("CREATE SCHEMA other; CREATE SEQUENCE other.scaling_id_seq");
		long before = next();
		this.template.execute("SET search_path = other, public; SELECT public.scaling_next_id()");
		assertThat(this.template.queryForObject("SELECT is_called FROM other.scaling_id_seq", Boolean.class)).isFalse();
		assertThat(next()).isGreaterThan(before);
		this.template.execute("DROP SCHEMA other CASCADE");
	}

	@Test
	void afterTheLastIdThereIsAnErrorAndNoNegativeId() {
		this.template.execute("SELECT setval('scaling_id_seq', 9007199254740990)");
		assertThat(next()).isEqualTo((Long.MAX_VALUE & ~(1023L << 12)) | (7 << 12));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(this::next)
			.withMessageContaining("reached maximum value");
	}

	private long next() {
		Long id = this.template.queryForObject(NEXT, Long.class);
		assertThat(id).isNotNull();
		return id;
	}

	private static List<Long> ids(PostgresCluster cluster, int count) throws SQLException {
		List<Long> ids = new ArrayList<>();
		try (Connection connection = cluster.primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			for (int i = 0; i < count; i++) {
				ids.add(number(statement, NEXT));
			}
		}
		return ids;
	}

	private static long number(Statement statement, String sql) throws SQLException {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

}
