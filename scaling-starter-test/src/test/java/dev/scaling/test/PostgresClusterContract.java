package dev.scaling.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What every engine promises of a {@link PostgresCluster}: a cluster {@code main} with
 * two replicas and a cluster {@code shard-1} with one, in a database {@code shop}, with
 * {@code work_mem} of 3 MB.
 */
abstract class PostgresClusterContract {

	static PostgresCluster.Builder describe(PostgresCluster.Engine engine) {
		return PostgresCluster.builder()
			.engine(engine)
			.replicas(2)
			.cluster("shard-1", 1)
			.database("shop")
			.parameter("work_mem", "3MB");
	}

	@BeforeEach
	void createTable(PostgresCluster cluster) {
		JdbcTemplate primary = jdbc(cluster.primary());
		primary.execute("CREATE TABLE IF NOT EXISTS users (id bigint GENERATED ALWAYS AS IDENTITY, name text)");
		primary.execute("TRUNCATE users");
		cluster.awaitReplication();
	}

	@Test
	void nodesAreNamedByTheirCluster(PostgresCluster cluster) {
		assertThat(cluster.name()).isEqualTo("main");
		assertThat(cluster.nodes()).extracting(PostgresNode::id).containsExactly("primary", "replica-1", "replica-2");
		assertThat(cluster.primary().id()).isEqualTo("primary");
		assertThat(cluster.replicas()).containsExactly(cluster.replica(1), cluster.replica(2));
		assertThat(cluster.clusters()).containsOnlyKeys("main", "shard-1");
		assertThat(cluster.cluster("shard-1").nodes()).extracting(PostgresNode::id)
			.containsExactly("shard-1/primary", "shard-1/replica-1");
		assertThat(cluster.node("shard-1/replica-1")).isSameAs(cluster.cluster("shard-1").replica(1));
	}

	@Test
	void whatDoesNotExistIsRefused(PostgresCluster cluster) {
		assertThatIllegalArgumentException().isThrownBy(() -> cluster.replica(3))
			.withMessage("Cluster 'main' has 2 replicas, and no replica 3");
		assertThatIllegalArgumentException().isThrownBy(() -> cluster.node("replica-7"))
			.withMessageContaining("No node 'replica-7' among [primary, replica-1, replica-2, shard-1/primary");
		assertThatIllegalArgumentException().isThrownBy(() -> cluster.cluster("shard-2"))
			.withMessage("No cluster 'shard-2' among [main, shard-1]");
	}

	@Test
	void nodesHaveTheRolesOfTheirNames(PostgresCluster cluster) {
		assertThat(isInRecovery(cluster.primary())).isFalse();
		assertThat(cluster.replicas()).allMatch(this::isInRecovery);
		assertThat(jdbc(cluster.primary()).queryForList("SELECT application_name FROM pg_stat_replication ORDER BY 1",
				String.class))
			.containsExactly("replica-1", "replica-2");
	}

	@Test
	void nodesHaveTheDatabaseAndTheParameters(PostgresCluster cluster) {
		for (PostgresNode node : cluster.nodes()) {
			assertThat(node.jdbcUrl()).isEqualTo("jdbc:postgresql://%s:%d/shop".formatted(node.host(), node.port()));
			assertThat(text(node, "SELECT current_database()")).isEqualTo("shop");
			assertThat(text(node, "SELECT current_user")).isEqualTo(node.username()).isEqualTo("postgres");
			assertThat(text(node, "SHOW work_mem")).isEqualTo("3MB");
			assertThat(text(node, "SHOW max_connections")).isEqualTo("100");
			assertThat(text(node, "SHOW fsync")).isEqualTo("off");
			assertThat(text(node, "SELECT count(*) >= 0 FROM pg_stat_statements")).isEqualTo("t");
		}
	}

	@Test
	void clustersAreIndependent(PostgresCluster cluster) {
		String query = "SELECT system_identifier FROM pg_control_system()";
		List<String> identifiers = cluster.nodes().stream().map((node) -> text(node, query)).distinct().toList();
		assertThat(identifiers).hasSize(1).doesNotContain(text(cluster.node("shard-1/primary"), query));
		assertThat(isInRecovery(cluster.node("shard-1/replica-1"))).isTrue();
	}

	@Test
	void replicasHaveWhatWasCommitted(PostgresCluster cluster) {
		insert(cluster.primary(), "Ada");
		cluster.awaitReplication();
		assertThat(cluster.replicas()).allSatisfy((replica) -> assertThat(names(replica)).containsExactly("Ada"));
	}

	@Test
	void replicasRefuseWrites(PostgresCluster cluster) {
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> execute(cluster.replica(1), "TRUNCATE users"))
			.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("25006"));
	}

	@Test
	void killedReplicaRefusesConnectionsAndComesBackWhereItWas(PostgresCluster cluster) throws SQLException {
		PostgresNode replica = cluster.replica(1);
		String url = replica.jdbcUrl();
		try (Connection connection = replica.dataSource().getConnection()) {
			replica.kill();
			assertThat(replica.isRunning()).isFalse();
			assertThat(connection.isValid(5)).isFalse();
		}
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> replica.dataSource().getConnection())
			.satisfies((ex) -> assertThat(ex.getSQLState()).startsWith("08"));
		insert(cluster.primary(), "Ada");
		replica.start();
		assertThat(replica.isRunning()).isTrue();
		assertThat(replica.jdbcUrl()).isEqualTo(url);
		cluster.awaitReplication();
		assertThat(names(replica)).containsExactly("Ada");
	}

	@Test
	void killedPrimaryComesBackWithAllItCommitted(PostgresCluster cluster) {
		insert(cluster.primary(), "Ada");
		cluster.primary().kill();
		assertThat(cluster.primary().isRunning()).isFalse();
		assertThat(isInRecovery(cluster.replica(1))).isTrue();
		cluster.primary().start();
		assertThat(names(cluster.primary())).containsExactly("Ada");
	}

	@Test
	void stoppedNodeCanBeStarted(PostgresCluster cluster) {
		PostgresNode replica = cluster.replica(2);
		replica.stop();
		assertThat(replica.isRunning()).isFalse();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> replica.dataSource().getConnection());
		replica.start();
		replica.start();
		assertThat(isInRecovery(replica)).isTrue();
		cluster.primary().restart();
		assertThat(isInRecovery(cluster.primary())).isFalse();
	}

	@Test
	void frozenNodeDoesNotAnswerUntilItIsResumed(PostgresCluster cluster) throws SQLException {
		PostgresNode replica = cluster.replica(1);
		PGSimpleDataSource impatient = new PGSimpleDataSource();
		impatient.setUrl(replica.jdbcUrl());
		impatient.setUser(replica.username());
		impatient.setSocketTimeout(1);
		try (Connection connection = replica.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			replica.freeze();
			assertThat(replica.isRunning()).isTrue();
			assertThatExceptionOfType(SQLException.class).isThrownBy(impatient::getConnection);
			insert(cluster.primary(), "Ada");
			cluster.awaitReplication();
			assertThat(names(cluster.replica(2))).containsExactly("Ada");
			replica.resume();
			assertThat(statement.execute("SELECT 1")).isTrue();
		}
		cluster.awaitReplication();
		assertThat(names(replica)).containsExactly("Ada");
	}

	@Test
	void frozenNodeCanBeKilled(PostgresCluster cluster) {
		PostgresNode replica = cluster.replica(1);
		replica.freeze();
		replica.kill();
		assertThat(replica.isRunning()).isFalse();
		replica.start();
		assertThat(isInRecovery(replica)).isTrue();
	}

	@Test
	void replicaWhoseReplayIsPausedFallsBehind(PostgresCluster cluster) {
		PostgresNode replica = cluster.replica(1);
		replica.pauseReplay();
		insert(cluster.primary(), "Ada");
		cluster.awaitReplication();
		assertThat(names(cluster.replica(2))).containsExactly("Ada");
		assertThat(names(replica)).isEmpty();
		replica.resumeReplay();
		cluster.awaitReplication();
		assertThat(names(replica)).containsExactly("Ada");
	}

	@Test
	void replicaReplaysAfterItsDelay(PostgresCluster cluster) {
		PostgresNode replica = cluster.replica(1);
		replica.replayDelay(Duration.ofSeconds(2));
		long start = System.nanoTime();
		insert(cluster.primary(), "Ada");
		assertThat(names(replica)).isEmpty();
		cluster.awaitReplication();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(9));
		assertThat(names(replica)).containsExactly("Ada");
	}

	@Test
	void replicaThatIsCutOffAnswersAndFallsBehind(PostgresCluster cluster) {
		PostgresNode replica = cluster.replica(1);
		replica.cutOffReplication();
		insert(cluster.primary(), "Ada");
		cluster.awaitReplication();
		assertThat(names(replica)).isEmpty();
		replica.restoreReplication();
		cluster.awaitReplication();
		assertThat(names(replica)).containsExactly("Ada");
	}

	@Test
	void promotedReplicaIsThePrimaryOnANewTimeline(PostgresCluster cluster) {
		String query = "SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)";
		PostgresNode former = cluster.primary();
		String timeline = text(former, query);
		cluster.replica(1).promote();
		assertThat(cluster.primary()).isSameAs(cluster.replica(1));
		assertThat(cluster.replicas()).containsExactly(former, cluster.replica(2));
		assertThat(text(cluster.primary(), query)).isGreaterThan(timeline);
		assertThat(isInRecovery(former)).isFalse();
		insert(cluster.primary(), "Ada");
		assertThat(names(former)).isEmpty();
	}

	@Test
	void replicaCanFollowThePromotedOneWithoutARestart(PostgresCluster cluster) throws SQLException {
		PostgresNode follower = cluster.replica(2);
		try (Connection connection = follower.dataSource().getConnection()) {
			cluster.primary().kill();
			cluster.replica(1).promote();
			follower.follow();
			assertThat(connection.isValid(5)).isTrue();
		}
		insert(cluster.primary(), "Ada");
		cluster.awaitReplication();
		assertThat(names(follower)).containsExactly("Ada");
	}

	@Test
	void formerPrimaryRejoinsWithoutWhatOnlyItHad(PostgresCluster cluster) {
		PostgresNode former = cluster.primary();
		int port = former.port();
		cluster.replica(1).promote();
		insert(former, "lost");
		insert(cluster.primary(), "Ada");
		former.rejoin();
		cluster.awaitReplication();
		assertThat(former.port()).isEqualTo(port);
		assertThat(isInRecovery(former)).isTrue();
		assertThat(names(former)).containsExactly("Ada");
	}

	@Test
	void primaryCannotBePromotedOrRejoin(PostgresCluster cluster) {
		assertThatIllegalStateException().isThrownBy(() -> cluster.primary().promote())
			.withMessageContaining("Node 'primary'");
		assertThatIllegalStateException().isThrownBy(() -> cluster.primary().rejoin())
			.withMessage("Node 'primary' is the primary of its cluster: promote another node first");
		assertThatIllegalStateException().isThrownBy(() -> cluster.primary().follow());
		assertThatIllegalStateException().isThrownBy(() -> cluster.primary().pauseReplay());
	}

	@Test
	void repairUndoesEveryFault(PostgresCluster cluster) {
		insert(cluster.primary(), "Ada");
		cluster.awaitReplication();
		cluster.primary().kill();
		cluster.replica(1).promote();
		insert(cluster.primary(), "Grace");
		cluster.replica(2).pauseReplay();
		cluster.replica(2).freeze();
		cluster.node("shard-1/primary").freeze();
		cluster.node("shard-1/replica-1").stop();
		cluster.repair();
		nodesHaveTheRolesOfTheirNames(cluster);
		assertThat(cluster.primary().id()).isEqualTo("primary");
		assertThat(cluster.nodes()).allSatisfy((node) -> assertThat(names(node)).containsExactly("Ada", "Grace"));
		assertThat(cluster.cluster("shard-1").nodes()).allMatch(PostgresNode::isRunning);
	}

	@Test
	void repairNoticesWhatWasDoneBehindItsBack(PostgresCluster cluster) {
		jdbc(cluster.replica(1)).queryForList("SELECT pg_promote()");
		jdbc(cluster.replica(2)).queryForList("SELECT pg_wal_replay_pause()");
		insert(cluster.primary(), "Ada");
		cluster.repair();
		nodesHaveTheRolesOfTheirNames(cluster);
		assertThat(cluster.nodes()).allSatisfy((node) -> assertThat(names(node)).containsExactly("Ada"));
	}

	@Test
	void statementsOfUsersAreCountedWhereTheyRan(PostgresCluster cluster) {
		cluster.nodes().forEach(PostgresNode::resetStatements);
		JdbcTemplate replica = jdbc(cluster.replica(1));
		for (int i = 0; i < 10; i++) {
			replica.queryForList("SELECT name FROM users WHERE id = ?", i);
		}
		assertThat(cluster.replica(1).statements()).isEqualTo(10);
		assertThat(cluster.replica(1).statements("select NAME from users")).isEqualTo(10);
		assertThat(cluster.replica(1).statements("FROM orders")).isZero();
		assertThat(cluster.replica(2).statements()).isZero();
		assertThat(cluster.primary().statements()).isZero();
	}

	@Test
	void onlyTheWorkOfUsersIsCounted(PostgresCluster cluster) throws SQLException {
		PostgresNode primary = cluster.primary();
		primary.resetStatements();
		try (Connection connection = primary.dataSource().getConnection()) {
			connection.setAutoCommit(false);
			connection.setReadOnly(true);
			connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
			connection.rollback();
		}
		jdbc(primary).queryForList("SELECT pg_is_in_recovery(), pg_current_wal_flush_lsn()");
		cluster.awaitReplication();
		assertThat(primary.statements()).isZero();
		assertThat(primary.statements("pg_is_in_recovery")).isOne();
		insert(primary, "Ada");
		assertThat(primary.statements()).isOne();
		primary.resetStatements();
		assertThat(primary.statements()).isZero();
	}

	private static JdbcTemplate jdbc(PostgresNode node) {
		return new JdbcTemplate(node.dataSource());
	}

	private static void execute(PostgresNode node, String sql) throws SQLException {
		try (Connection connection = node.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static String text(PostgresNode node, String sql) {
		return String.valueOf(jdbc(node).queryForObject(sql, String.class));
	}

	private boolean isInRecovery(PostgresNode node) {
		return "t".equals(text(node, "SELECT pg_is_in_recovery()"));
	}

	private static void insert(PostgresNode node, String name) {
		jdbc(node).update("INSERT INTO users (name) VALUES (?)", name);
	}

	private static List<String> names(PostgresNode node) {
		return jdbc(node).queryForList("SELECT name FROM users ORDER BY id", String.class);
	}

}
