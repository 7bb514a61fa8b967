package dev.scaling.starter.sharding.directory;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.scaling.RoutingContext;
import dev.scaling.ShardMovedException;
import dev.scaling.sharding.DirectoryOptions;
import dev.scaling.sharding.DirectoryOptions.Propagation;
import dev.scaling.sharding.DirectoryOptions.UnknownKeys;
import dev.scaling.sharding.MoveOptions;
import dev.scaling.starter.sharding.ShardDatabases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.datasource.DataSourceUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the first statement of an instance that has not heard that its key has moved.
 */
class FollowedKeyTests {

	private static final String TENANT = "acme";

	private static ShardDatabases databases;

	private final ExecutorService thread = Executors.newSingleThreadExecutor();

	private TenantInstance mover;

	private TenantInstance outdated;

	@BeforeAll
	static void start() {
		databases = new ShardDatabases();
	}

	@AfterAll
	static void stop() {
		databases.close();
	}

	@BeforeEach
	void move() {
		TenantInstance.createTables(databases);
		Map<String, String> tables = Map.of("account", "tenant", "entry", "tenant");
		this.mover = new TenantInstance(databases, 3, TenantInstance.options(UnknownKeys.FAIL, Propagation.AUTO), null,
				new MoveOptions(Duration.ofMillis(200), 50, Duration.ofSeconds(5), Duration.ofMinutes(2)), tables);
		DirectoryOptions hearsNothing = new DirectoryOptions(UnknownKeys.FAIL, 10, Propagation.POLL,
				Duration.ofHours(1), Duration.ofHours(2), false, Duration.ofSeconds(5));
		this.outdated = new TenantInstance(databases, 1, hearsNothing, null, TenantInstance.FAST_MOVES, tables);
		this.mover.directory.assign(TENANT, "shard-0");
		assertThat(this.outdated.sharding.shardOf(TENANT)).isEqualTo("shard-0");
		await().until(() -> this.outdated.sharding.silence().compareTo(Duration.ofSeconds(1)) < 0);
		this.mover.transact(TENANT,
				() -> this.mover.jdbc.sql("INSERT INTO account VALUES (?, 0)").param(TENANT).update());
		this.outdated.sharding.shardOf(TENANT);
		this.thread.execute(() -> this.mover.directory.move(TENANT, "shard-1"));
		await().until(() -> this.mover.directory.find(TENANT).orElseThrow().equals("shard-1"));
		assertThat(this.outdated.sharding.shardOf(TENANT)).isEqualTo("shard-0");
	}

	@AfterEach
	void close() throws InterruptedException {
		this.thread.shutdownNow();
		assertThat(this.thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		this.mover.close();
		this.outdated.close();
	}

	@ParameterizedTest
	@EnumSource
	void firstStatementFollowsTheKey(Way way) {
		this.outdated.transact(TENANT, () -> {
			way.work.accept(connection());
			this.outdated.jdbc.sql("INSERT INTO entry VALUES ('acme', 2)").update();
		});
		assertThat(TenantInstance.rows(databases, "shard-1", TENANT)).isEqualTo(2);
		assertThat(TenantInstance.rows(databases, "shard-0", TENANT)).isZero();
	}

	@Test
	void statementOutsideOfATransactionFollowsTheKey() {
		RoutingContext.atKey("tenants", TENANT)
			.run(() -> this.outdated.jdbc.sql("INSERT INTO entry VALUES (?, ?)").param(TENANT).param(1).update());
		assertThat(TenantInstance.rows(databases, "shard-1", TENANT)).isOne();
	}

	@Test
	void rollbackTakesBackWhatWasDoneOnTheNewShard() {
		this.outdated.transactions.executeWithoutResult((outer) -> {
			RoutingContext.atKey("tenants", TENANT)
				.run(() -> this.outdated.jdbc.sql("INSERT INTO entry VALUES (?, ?)").param(TENANT).param(1).update());
			outer.setRollbackOnly();
		});
		assertThat(TenantInstance.rows(databases, "shard-1", TENANT)).isZero();
		assertThat(this.outdated.sharding.shardOf(TENANT)).isEqualTo("shard-1");
	}

	@Test
	void laterStatementIsRefused() {
		assertRefused((connection) -> {
			try (Statement statement = connection.createStatement()) {
				statement.execute("SELECT 1");
				statement.execute("INSERT INTO entry VALUES ('acme', 1)");
			}
		});
	}

	@Test
	void statementWithAnOpenStatementBesideItIsRefused() {
		assertRefused((connection) -> {
			try (Statement open = connection.createStatement(); Statement statement = connection.createStatement()) {
				assertThat(open.isClosed()).isFalse();
				statement.execute("INSERT INTO entry VALUES ('acme', 1)");
			}
		});
	}

	@Test
	void statementWithAStreamIsRefused() {
		assertRefused((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement("INSERT INTO entry VALUES (?, 1)")) {
				statement.setCharacterStream(1, new StringReader(TENANT));
				statement.executeUpdate();
			}
		});
	}

	@Test
	void batchIsRefused() {
		assertRefused((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement("INSERT INTO entry VALUES (?, ?)")) {
				statement.setString(1, TENANT);
				statement.setInt(2, 1);
				statement.addBatch();
				statement.executeBatch();
			}
		});
	}

	private void assertRefused(Work work) {
		assertThatExceptionOfType(ShardMovedException.class)
			.isThrownBy(() -> this.outdated.transact(TENANT, () -> accept(work, connection())))
			.matches((ex) -> TENANT.equals(ex.key()) && "shard-1".equals(ex.shard()))
			.withMessageContaining("repeat the transaction as a whole");
		assertThat(TenantInstance.rows(databases, "shard-0", TENANT)).isZero();
		this.outdated.insert(TENANT, 1);
		assertThat(TenantInstance.rows(databases, "shard-1", TENANT)).isOne();
	}

	private Connection connection() {
		return DataSourceUtils.getConnection(this.outdated.transactionManager.getDataSource());
	}

	private static void accept(Work work, Connection connection) {
		try {
			work.accept(connection);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface Work {

		void accept(Connection connection) throws SQLException;

	}

	enum Way {

		STATEMENT((connection) -> {
			try (Statement statement = connection.createStatement()) {
				statement.setMaxRows(7);
				assertThat(statement.executeUpdate("INSERT INTO entry VALUES ('acme', 1)")).isOne();
				assertThat(statement.getMaxRows()).isEqualTo(7);
			}
		}),

		PREPARED((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement("INSERT INTO entry VALUES (?, ?, ?)")) {
				statement.setObject(1, "nobody");
				statement.clearParameters();
				statement.setObject(1, TENANT);
				statement.setLong(2, 1);
				statement.setNull(3, Types.TIMESTAMP);
				assertThat(statement.executeUpdate()).isOne();
			}
		}),

		GENERATED_KEYS((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement("INSERT INTO entry VALUES (?, ?)",
					new String[] { "twice" })) {
				statement.setString(1, TENANT);
				statement.setInt(2, 1);
				statement.execute();
				try (ResultSet keys = statement.getGeneratedKeys()) {
					assertThat(keys.next()).isTrue();
					assertThat(keys.getInt(1)).isEqualTo(2);
				}
			}
		}),

		RETURNING((connection) -> {
			try (PreparedStatement statement = connection
				.prepareStatement("INSERT INTO entry VALUES (?, ?) RETURNING twice")) {
				statement.setString(1, TENANT);
				statement.setInt(2, 1);
				try (ResultSet result = statement.executeQuery()) {
					assertThat(result.next()).isTrue();
					assertThat(result.getInt(1)).isEqualTo(2);
					assertThat(result.getStatement()).isSameAs(statement);
				}
			}
		});

		private final Consumer<Connection> work;

		Way(Work work) {
			this.work = (connection) -> FollowedKeyTests.accept(work, connection);
		}

	}

}
