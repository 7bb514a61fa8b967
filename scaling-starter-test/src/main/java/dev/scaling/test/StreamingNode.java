package dev.scaling.test;

import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * A {@link PostgresNode} that streams from, or to, the other nodes of its cluster.
 */
final class StreamingNode implements PostgresNode {

	private static final String USERNAME = "postgres";

	private static final String CREATE_EXTENSION = "CREATE EXTENSION pg_stat_statements";

	/**
	 * System property with the mode of the PgBouncer that is put in front of each node.
	 */
	private static final String POOLER_PROPERTY = "postgres-cluster.pgbouncer";

	private static final Duration RECOVERY_TIMEOUT = Duration.ofSeconds(10);

	private final StreamingCluster cluster;

	private final String id;

	private final Server server;

	private final String database;

	private final Console console;

	private final StatementCount statementCount;

	/**
	 * What the URL leads through, if tests are run so.
	 */
	private @Nullable PgBouncer pooler;

	private volatile @Nullable StreamingNode upstream;

	private volatile boolean frozen;

	private volatile boolean cutOff;

	private volatile Duration replayDelay = Duration.ZERO;

	StreamingNode(StreamingCluster cluster, String id, Server server, String database) {
		this.cluster = cluster;
		this.id = id;
		this.server = server;
		this.database = database;
		this.console = new Console(id,
				Console.dataSource(server.host(), server.port(), ServerSettings.DEFAULT_DATABASE, Console.ROLE));
		this.statementCount = new StatementCount(this.console);
	}

	void createAsPrimary() {
		this.server.initialize();
		this.server.start();
		superuser(ServerSettings.DEFAULT_DATABASE)
			.execute("CREATE ROLE " + Console.ROLE + " SUPERUSER REPLICATION LOGIN", CREATE_EXTENSION);
		if (!ServerSettings.DEFAULT_DATABASE.equals(this.database)) {
			superuser(ServerSettings.DEFAULT_DATABASE).execute("CREATE DATABASE " + Console.identifier(this.database));
			superuser(this.database).execute(CREATE_EXTENSION);
		}
	}

	private Console superuser(String database) {
		return new Console(this.id, Console.dataSource(host(), port(), database, USERNAME));
	}

	@Override
	public String id() {
		return this.id;
	}

	@Override
	public String host() {
		return this.server.host();
	}

	@Override
	public int port() {
		return this.server.port();
	}

	@Override
	public String jdbcUrl() {
		PgBouncer pooler = pooler();
		return "jdbc:postgresql://%s:%d/%s".formatted(host(), (pooler != null) ? pooler.port() : port(), this.database);
	}

	private synchronized @Nullable PgBouncer pooler() {
		String mode = System.getProperty(POOLER_PROPERTY, "");
		if (this.pooler == null && !mode.isEmpty()) {
			this.pooler = PgBouncer.builder().anyDatabase(host(), port()).set("pool_mode", mode).start();
		}
		return this.pooler;
	}

	synchronized void closePooler() {
		if (this.pooler != null) {
			this.pooler.close();
			this.pooler = null;
		}
	}

	@Override
	public String username() {
		return USERNAME;
	}

	@Override
	public String password() {
		return "";
	}

	@Override
	public DataSource dataSource() {
		return Console.dataSource(host(), port(), this.database, USERNAME);
	}

	@Override
	public boolean isRunning() {
		return this.server.isRunning();
	}

	@Override
	public void kill() {
		this.server.kill();
		this.frozen = false;
	}

	@Override
	public void freeze() {
		this.server.freeze();
		this.frozen = true;
	}

	@Override
	public void resume() {
		if (this.frozen) {
			this.server.resume();
			this.frozen = false;
		}
	}

	@Override
	public void stop() {
		resume();
		this.server.stop();
	}

	@Override
	public void start() {
		this.server.start();
	}

	@Override
	public void restart() {
		stop();
		start();
	}

	@Override
	public void pauseReplay() {
		this.console.execute("SELECT pg_wal_replay_pause()");
		await("pause replay", () -> "paused".equals(replayPauseState()));
	}

	@Override
	public void resumeReplay() {
		this.console.execute("SELECT pg_wal_replay_resume()");
	}

	@Override
	public void replayDelay(Duration delay) {
		set("recovery_min_apply_delay", delay.toMillis() + "ms");
		this.replayDelay = delay;
	}

	@Override
	public void promote() {
		if (!this.console.queryBoolean("SELECT pg_promote(true, ?::integer)", StreamingCluster.TIMEOUT.toSeconds())) {
			throw new IllegalStateException("Node '%s' was not promoted within %s seconds".formatted(this.id,
					StreamingCluster.TIMEOUT.toSeconds()));
		}
		this.upstream = null;
		this.cluster.promoted(this);
	}

	@Override
	public void cutOffReplication() {
		set("primary_conninfo", "");
		this.cutOff = true;
		await("stop receiving WAL", () -> !this.console.queryBoolean("SELECT count(*) > 0 FROM pg_stat_wal_receiver"));
	}

	@Override
	public void restoreReplication() {
		if (this.cutOff && this.upstream != null) {
			set("primary_conninfo", connectionInfo(this.upstream));
			this.cutOff = false;
		}
	}

	@Override
	public void follow() {
		StreamingNode primary = currentPrimary();
		primary.reserveSlot(slot());
		set("primary_conninfo", connectionInfo(primary));
		this.upstream = primary;
		this.cutOff = false;
		primary.awaitStreaming(this);
	}

	@Override
	public void rejoin() {
		StreamingNode primary = currentPrimary();
		if (isRunning()) {
			kill();
		}
		primary.reserveSlot(slot());
		this.server.copy(primary.server, primary.console, """
				primary_conninfo = %s
				primary_slot_name = %s
				recovery_min_apply_delay = 0
				""".formatted(Console.literal(connectionInfo(primary)), Console.literal(slot())));
		this.upstream = primary;
		this.cutOff = false;
		this.replayDelay = Duration.ZERO;
		start();
		primary.awaitStreaming(this);
	}

	/**
	 * Make the node a healthy replica of the current primary, if possible with the data
	 * that it has.
	 */
	void repair() {
		resume();
		if (this.upstream != currentPrimary() || !recover(this.upstream)) {
			rejoin();
		}
	}

	private boolean recover(StreamingNode primary) {
		start();
		if (!this.console.queryBoolean("SELECT pg_is_in_recovery()")) {
			return false;
		}
		resumeReplay();
		if (!this.replayDelay.isZero()) {
			replayDelay(Duration.ZERO);
		}
		restoreReplication();
		return Condition.await(RECOVERY_TIMEOUT, () -> primary.streamsTo(this));
	}

	@Override
	public void resetStatements() {
		this.statementCount.reset();
	}

	@Override
	public long statements() {
		return this.statementCount.ofUsers();
	}

	@Override
	public long statements(String sqlFragment) {
		return this.statementCount.containing(sqlFragment);
	}

	/**
	 * Up to where replicas can follow. Without a commit, the WAL writer leaves off at the
	 * end of a page, which may be in the middle of a record; then a commit is made.
	 */
	String flushPosition() {
		return Objects.requireNonNull(this.console
			.query("""
					SELECT CASE WHEN (flushed - '0/0') % 8192 = 0 AND inserted > flushed
						THEN pg_logical_emit_message(true, 'postgres-cluster', '') ELSE flushed END
					FROM (SELECT pg_current_wal_flush_lsn() AS flushed, pg_current_wal_insert_lsn() AS inserted) AS wal"""));
	}

	void awaitReplay(StreamingNode primary, String position) {
		if (this.upstream != primary || this.cutOff || this.frozen || !isRunning()) {
			return;
		}
		boolean replayed = Condition.await(StreamingCluster.TIMEOUT.plus(this.replayDelay),
				() -> !"not paused".equals(replayPauseState())
						|| this.console.queryBoolean("SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn", position));
		if (!replayed) {
			throw new IllegalStateException("Node '%s' has replayed %s, and not %s of '%s', within %s seconds"
				.formatted(this.id, this.console.query("SELECT pg_last_wal_replay_lsn()"), position, primary.id,
						StreamingCluster.TIMEOUT.plus(this.replayDelay).toSeconds()));
		}
	}

	private void awaitStreaming(StreamingNode replica) {
		replica.await("stream from '%s'".formatted(this.id), () -> streamsTo(replica));
	}

	private boolean streamsTo(StreamingNode replica) {
		return this.console.queryBoolean(
				"SELECT count(*) > 0 FROM pg_stat_replication WHERE application_name = ? AND state = 'streaming'",
				replica.id);
	}

	private @Nullable String replayPauseState() {
		return this.console.query("SELECT pg_get_wal_replay_pause_state()");
	}

	private StreamingNode currentPrimary() {
		StreamingNode primary = this.cluster.primary();
		if (primary == this) {
			throw new IllegalStateException(
					"Node '%s' is the primary of its cluster: promote another node first".formatted(this.id));
		}
		return primary;
	}

	private String connectionInfo(StreamingNode primary) {
		return "%s user=%s application_name='%s'".formatted(primary.server.replicationAddress(), Console.ROLE, this.id);
	}

	private String slot() {
		return this.id.substring(this.id.indexOf('/') + 1).replace('-', '_');
	}

	private void reserveSlot(String slot) {
		this.console.query("""
				SELECT pg_create_physical_replication_slot(name, true) FROM (VALUES (?)) AS slot (name)
				WHERE name NOT IN (SELECT slot_name FROM pg_replication_slots)
				""", slot);
	}

	private void set(String parameter, String value) {
		this.console.execute("ALTER SYSTEM SET " + parameter + " = " + Console.literal(value),
				"SELECT pg_reload_conf()");
	}

	private void await(String what, BooleanSupplier condition) {
		if (!Condition.await(StreamingCluster.TIMEOUT, condition)) {
			throw new IllegalStateException("Node '%s' did not %s within %s seconds".formatted(this.id, what,
					StreamingCluster.TIMEOUT.toSeconds()));
		}
	}

	@Override
	public String toString() {
		return "%s %s:%d".formatted(this.id, host(), port());
	}

}
