package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import dev.scaling.ShardDirectory;
import dev.scaling.ShardMove;
import dev.scaling.ShardMoveException;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.sharding.MoveState.Step;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;

/**
 * {@link ShardDirectory} of a keyspace. A move has these steps, each of which is noted
 * beside the directory, so that another instance can finish or undo it after a crash:
 * <ol>
 * <li>The old shard refuses writes of the key, and all that was written before is
 * committed.</li>
 * <li>The rows are copied in one transaction, and the new shard's replicas have
 * them.</li>
 * <li>The new shard takes writes of the key, and the directory says that it owns it.</li>
 * <li>After a while, in which instances that have not heard of it are still refused, the
 * rows are deleted from the old shard, which goes on refusing the key.</li>
 * </ol>
 * What is guaranteed: no acknowledged write is lost, and none lands on the old shard
 * after the first step. Reads of an instance that has not heard of the third step are
 * stale; work on all shards sees the rows twice from then until the fourth.
 *
 * @since 0.1.0
 */
public final class DefaultShardDirectory implements ShardDirectory {

	private static final Log logger = LogFactory.getLog(DefaultShardDirectory.class);

	private static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);

	/**
	 * How long a shard may take to answer while a key is moved, in milliseconds.
	 */
	private static final int NETWORK_TIMEOUT = (int) TimeUnit.MINUTES.toMillis(10);

	private static final Set<String> LOCK_FAILURES = Set.of("55P03", "40P01");

	private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

	private static final long REPLICA_INTERVAL = TimeUnit.MILLISECONDS.toNanos(10);

	private final KeyspaceDefinition keyspace;

	private final DirectorySharding sharding;

	private final DirectoryTable directory;

	private final MoveTable moves;

	private final Function<String, LiveTopology> shards;

	private final MoveOptions options;

	/**
	 * Creates a directory.
	 * @param keyspace the keyspace
	 * @param sharding its strategy
	 * @param shards gives the topology of a shard by its name
	 * @param options how keys are moved
	 */
	public DefaultShardDirectory(KeyspaceDefinition keyspace, DirectorySharding sharding,
			Function<String, LiveTopology> shards, MoveOptions options) {
		this.keyspace = keyspace;
		this.sharding = sharding;
		this.directory = sharding.table();
		this.moves = new MoveTable(this.directory);
		this.shards = shards;
		this.options = options;
	}

	@Override
	public Optional<String> find(Object key) {
		return Optional.ofNullable(this.directory.find(ShardKeys.text(key)).shard());
	}

	@Override
	public String assign(Object key) {
		return assigned(key, null);
	}

	@Override
	public String assign(Object key, String shard) {
		checkShard(shard);
		return assigned(key, shard);
	}

	private String assigned(Object key, @Nullable String shard) {
		String text = ShardKeys.text(key);
		String owner = this.directory.assign(text, shard).shard();
		if (owner == null) {
			throw new IllegalStateException("Key '" + text + "' has not been assigned");
		}
		return owner;
	}

	private void checkShard(String shard) {
		if (this.keyspace.position(shard) < 0) {
			throw new IllegalArgumentException("Keyspace '" + this.keyspace.name() + "' has no shard '" + shard
					+ "': it has " + this.keyspace.shards());
		}
	}

	@Override
	public ShardMove move(Object key, String shard) {
		checkShard(shard);
		String text = ShardKeys.text(key);
		if (this.keyspace.tables().isEmpty()) {
			throw failed(text, "the keyspace does not say which tables hold its rows",
					"Name them and the columns of their keys under 'scaling.keyspaces." + this.keyspace.name()
							+ ".tables'",
					true, null);
		}
		String owner = this.directory.find(text).shard();
		if (owner == null) {
			throw failed(text, "nobody owns it", "Assign it to a shard", true, null);
		}
		if (owner.equals(shard)) {
			return new ShardMove(this.keyspace.name(), text, owner, shard, Map.of(), Duration.ZERO, Duration.ZERO);
		}
		ShardMove move = locked(text, () -> moveLocked(text, owner, shard));
		if (move == null) {
			throw failed(text, "another move of it is under way", "Wait for that one", true, null);
		}
		return move;
	}

	/**
	 * Runs work unless somebody else moves the key, in which case the result is
	 * {@code null}.
	 */
	private @Nullable ShardMove locked(String key, Work work) {
		LiveTopology cluster = this.directory.cluster();
		try (Connection lock = PrimaryConnections.open(cluster, CONNECTION_WAIT)) {
			if (!this.moves.lock(lock, key)) {
				return null;
			}
			try {
				return work.run();
			}
			finally {
				lock.rollback();
			}
		}
		catch (SQLException ex) {
			throw this.directory.failure(cluster, "lock key '" + key + "'", ex);
		}
	}

	private ShardMove moveLocked(String key, String owner, String shard) {
		long start = System.nanoTime();
		if (this.moves.all().stream().anyMatch((earlier) -> earlier.key().equals(key))) {
			throw notEnded(key);
		}
		checkPlan(key, owner, shard);
		MoveState move = this.moves.begin(key, owner, shard).orElseThrow(() -> notEnded(key));
		Progress progress = new Progress(move, start);
		try {
			fence(progress);
			copy(progress);
		}
		catch (SQLException | RuntimeException ex) {
			throw undone(progress.move, ex);
		}
		try {
			return finish(progress);
		}
		catch (SQLException | RuntimeException ex) {
			throw unfinished(progress.move, ex);
		}
	}

	private ShardMoveException notEnded(String key) {
		return failed(key, "an earlier move of it has not ended",
				"Finish or undo it with ShardDirectory.resume(), and try again", true, null);
	}

	/**
	 * Looks for what would fail, before anything is changed.
	 */
	private void checkPlan(String key, String owner, String shard) {
		try (Connection source = connect(owner); Connection target = connect(shard)) {
			ShardFence.create(source);
			ShardFence.create(target);
			List<MovedTable> tables = MovedTable.find(target, this.keyspace);
			MovedTable.compare(MovedTable.find(source, this.keyspace), tables);
			if (MovedTable.anyHasRows(target, tables, key)) {
				throw new SQLException(
						"Shard '" + shard + "' has rows of the key, although it does not own it: delete them");
			}
		}
		catch (SQLException ex) {
			throw failed(key, ex.getMessage(), forbidden(ex), true, ex);
		}
	}

	private static @Nullable String forbidden(SQLException ex) {
		return "42501".equals(ex.getSQLState()) ? "The application's user has to own the tables of the keyspace, and"
				+ " to have the right to create tables and functions in their schema, or a user who may executes this on"
				+ " the shards, and grants SELECT, INSERT, UPDATE and DELETE on it: "
				+ String.join("; ", ShardFence.DEFINITION).replaceAll("\\s+", " ") : null;
	}

	private void fence(Progress progress) throws SQLException {
		MoveState move = progress.move;
		progress.fenced = System.nanoTime();
		step(move.source(), (connection) -> ShardFence.raise(connection, this.keyspace.name(), move));
		try (Connection source = connect(move.source())) {
			for (MovedTable table : MovedTable.find(source, this.keyspace)) {
				install(source, move.source(), table);
			}
		}
		progress.move = this.moves.advance(move, Step.FENCED);
	}

	private void install(Connection source, String shard, MovedTable table) throws SQLException {
		for (int attempt = 1; true; attempt++) {
			try {
				PrimaryConnections.inTransaction(source, (connection) -> {
					ShardFence.install(connection, this.keyspace.name(), table, this.options.lockTimeout().toMillis());
					return true;
				});
				return;
			}
			catch (SQLException ex) {
				if (!LOCK_FAILURES.contains(ex.getSQLState())) {
					throw ex;
				}
				if (attempt == this.options.lockAttempts()) {
					throw new SQLException("transactions that have written to table '" + table.configured()
							+ "' of shard '" + shard + "' were still open after " + attempt + " attempts of "
							+ this.options.lockTimeout().toMillis()
							+ " ms; end them (pg_stat_activity), or try again later", ex.getSQLState(), ex);
				}
			}
			LockSupport.parkNanos(Math.min(LONGEST_PAUSE, this.options.lockTimeout().toNanos() / 2));
		}
	}

	private void copy(Progress progress) throws SQLException {
		MoveState move = progress.move;
		String reached;
		try (Connection source = connect(move.source()); Connection target = connect(move.target())) {
			List<MovedTable> sourceTables = MovedTable.find(source, this.keyspace);
			List<MovedTable> targetTables = MovedTable.find(target, this.keyspace);
			progress.rows = PrimaryConnections.inTransaction(source, (from) -> {
				try (Statement statement = from.createStatement()) {
					statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
				}
				return PrimaryConnections.inTransaction(target, (to) -> {
					ShardFence.enter(to, this.keyspace.name(), move);
					return ShardCopy.copy(from, sourceTables, to, targetTables, move.key());
				});
			});
			target.setAutoCommit(true);
			try (Statement statement = target.createStatement();
					ResultSet resultSet = statement.executeQuery("SELECT pg_current_wal_lsn()::text")) {
				resultSet.next();
				reached = resultSet.getString(1);
			}
		}
		awaitReplicas(move.target(), reached);
		progress.move = this.moves.advance(move, Step.COPIED);
	}

	/**
	 * A session that has seen the rows must not miss them on a replica of the new shard.
	 * One that is down or left alone is not waited for: it has to catch up before it is
	 * used again.
	 */
	private void awaitReplicas(String shard, String position) throws SQLException {
		LiveTopology topology = shard(shard);
		long deadline = System.nanoTime() + this.options.replicaWait().toNanos();
		for (NodePool replica : topology.pools()) {
			while (isInUse(topology, replica) && !hasReached(replica, position)) {
				if (System.nanoTime() - deadline > 0) {
					throw new SQLException("replica " + replica.node().id() + " has not got the rows within "
							+ this.options.replicaWait().toMillis() + " ms");
				}
				LockSupport.parkNanos(REPLICA_INTERVAL);
			}
		}
	}

	private static boolean isInUse(LiveTopology topology, NodePool pool) {
		NodeState state = topology.current()
			.node(pool.node().id())
			.map(NodeStatus::state)
			.orElse(NodeState.UNREACHABLE);
		return topology.primary().orElse(null) != pool && (state == NodeState.UP || state == NodeState.LAGGING);
	}

	private static boolean hasReached(NodePool replica, String position) {
		try (Connection connection = replica.dataSource().getConnection();
				PreparedStatement statement = connection
					.prepareStatement("SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= ?::pg_lsn")) {
			statement.setString(1, position);
			try (ResultSet resultSet = statement.executeQuery()) {
				return resultSet.next() && resultSet.getBoolean(1);
			}
		}
		catch (SQLException ex) {
			logger.debug("Replica " + replica + " could not be asked for its position", ex);
			return false;
		}
	}

	private ShardMove finish(Progress progress) throws SQLException {
		MoveState move = progress.move;
		if (move.step() == Step.COPIED) {
			step(move.target(), (connection) -> ShardFence.lift(connection, this.keyspace.name(), move));
			progress.move = this.moves.publish(move);
			progress.published = System.nanoTime();
		}
		this.sharding.forget(move.key());
		logger.info("Key " + move.key() + " of keyspace " + this.keyspace.name() + " has moved from shard "
				+ move.source() + " to " + move.target());
		settle();
		step(move.source(), (connection) -> {
			ShardFence.enter(connection, this.keyspace.name(), move);
			MovedTable.delete(connection, MovedTable.find(connection, this.keyspace), move.key());
		});
		this.moves.end(progress.move);
		return progress.result(this.keyspace.name());
	}

	private void settle() throws SQLException {
		long end = System.nanoTime() + this.options.settle().toNanos();
		for (long remaining = end - System.nanoTime(); remaining > 0; remaining = end - System.nanoTime()) {
			if (Thread.currentThread().isInterrupted()) {
				throw new SQLException("the thread was interrupted");
			}
			LockSupport.parkNanos(remaining);
		}
	}

	private ShardMoveException undone(MoveState move, Exception failure) {
		try {
			undo(move);
		}
		catch (SQLException | RuntimeException ex) {
			failure.addSuppressed(ex);
			return unfinished(move, failure);
		}
		return failed(move.key(), failure.getMessage(), (failure instanceof SQLException ex) ? forbidden(ex) : null,
				true, failure);
	}

	private ShardMoveException unfinished(MoveState move, Exception failure) {
		String state = switch (move.step()) {
			case PLANNED, FENCED -> "Shard '" + move.source() + "' owns it, and may refuse to write it";
			case COPIED -> "Shard '" + move.source() + "' refuses to write it";
			case PUBLISHED -> "Shard '" + move.target() + "' owns it, and '" + move.source() + "' still has its rows";
		};
		return failed(move.key(), failure.getMessage(),
				state + ", until ShardDirectory.resume() has been called when" + " all shards and the directory work",
				false, failure);
	}

	private ShardMoveException failed(String key, @Nullable String why, @Nullable String cure, boolean undone,
			@Nullable Exception cause) {
		return new ShardMoveException(
				"Key '" + key + "' of keyspace '" + this.keyspace.name() + "' could not be moved: " + why + "."
						+ ((cure != null) ? " " + cure + "." : "") + (undone ? " Everything is as it was." : ""),
				undone, cause);
	}

	private void undo(MoveState move) throws SQLException {
		this.moves.revert(move);
		if (move.step() != Step.PLANNED) {
			step(move.target(), (connection) -> {
				ShardFence.enter(connection, this.keyspace.name(), move);
				MovedTable.delete(connection, MovedTable.find(connection, this.keyspace), move.key());
			});
		}
		step(move.source(), (connection) -> ShardFence.lift(connection, this.keyspace.name(), move));
		this.moves.end(move);
	}

	@Override
	public List<ShardMove> resume() {
		List<ShardMove> finished = new ArrayList<>();
		ShardMoveException failure = null;
		for (MoveState move : this.moves.all()) {
			try {
				ShardMove result = locked(move.key(), () -> resumeLocked(move.key()));
				if (result != null) {
					finished.add(result);
				}
			}
			catch (ShardMoveException ex) {
				if (failure != null) {
					ex.addSuppressed(failure);
				}
				failure = ex;
			}
		}
		if (failure != null) {
			throw failure;
		}
		return finished;
	}

	private @Nullable ShardMove resumeLocked(String key) {
		long start = System.nanoTime();
		MoveState move = this.moves.takeOver(key).orElse(null);
		if (move == null) {
			return null;
		}
		Progress progress = new Progress(move, start);
		try {
			if (move.step() == Step.PLANNED || move.step() == Step.FENCED) {
				undo(move);
				logger.info("The move of key " + key + " of keyspace " + this.keyspace.name() + " from shard "
						+ move.source() + " to " + move.target() + " has been undone");
				return null;
			}
			return finish(progress);
		}
		catch (SQLException | DataAccessException ex) {
			throw unfinished(progress.move, ex);
		}
	}

	private void step(String shard, ShardStep step) throws SQLException {
		try (Connection connection = connect(shard)) {
			PrimaryConnections.inTransaction(connection, (same) -> {
				step.run(same);
				return true;
			});
		}
	}

	private Connection connect(String shard) throws SQLException {
		Connection connection = PrimaryConnections.open(shard(shard), CONNECTION_WAIT);
		try {
			connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT);
			return connection;
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	private LiveTopology shard(String shard) {
		return this.shards.apply(shard);
	}

	/**
	 * Work while the key is locked.
	 */
	@FunctionalInterface
	private interface Work {

		@Nullable ShardMove run();

	}

	/**
	 * Work in a transaction on a shard.
	 */
	@FunctionalInterface
	private interface ShardStep {

		void run(Connection connection) throws SQLException;

	}

	/**
	 * How far a move of this instance has come.
	 */
	private static final class Progress {

		private final long start;

		private MoveState move;

		private long fenced;

		private long published;

		private Map<String, Long> rows = Map.of();

		Progress(MoveState move, long start) {
			this.move = move;
			this.start = start;
			this.fenced = start;
			this.published = start;
		}

		ShardMove result(String keyspace) {
			return new ShardMove(keyspace, this.move.key(), this.move.source(), this.move.target(), this.rows,
					Duration.ofNanos(this.published - this.fenced), Duration.ofNanos(System.nanoTime() - this.start));
		}

	}

}
