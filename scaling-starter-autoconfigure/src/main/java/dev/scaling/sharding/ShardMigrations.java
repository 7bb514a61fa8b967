package dev.scaling.sharding;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.scaling.ShardOwnershipException;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.sharding.ShardMigrationStatus.State;
import dev.scaling.topology.NodeStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Brings the schema of each keyspace up to date on the primary of each of its shards:
 * several shards at the same time, and the keyspaces of a shard one after the other, in
 * their order. A shard that fails does not keep the others from being finished. Another
 * run leaves alone what is done, and goes on with the rest. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ShardMigrations implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(ShardMigrations.class);

	private static final long RETRY_INTERVAL_SECONDS = 1;

	private static final long CLOSE_TIMEOUT_SECONDS = 10;

	private final List<Schema> schemas;

	private final Map<String, LiveTopology> shards;

	private final Function<LiveTopology, DataSource> primaries;

	private final ShardMigrationOptions options;

	private final Map<Place, ShardMigrationStatus> statuses = new LinkedHashMap<>();

	private final Map<Place, ShardSchema.Content> contents = new LinkedHashMap<>();

	private final Map<Place, RuntimeException> failures = new LinkedHashMap<>();

	private final AtomicBoolean closed = new AtomicBoolean();

	private @Nullable ScheduledThreadPoolExecutor later;

	/**
	 * Creates the migrations.
	 * @param schemas the schemas of the keyspaces
	 * @param shards the clusters of all shards of these keyspaces
	 * @param primaries gives a way to the primary of a cluster that has one
	 * @param options how the schemas are brought up to date
	 */
	public ShardMigrations(Collection<Schema> schemas, Collection<LiveTopology> shards,
			Function<LiveTopology, DataSource> primaries, ShardMigrationOptions options) {
		this.schemas = List.copyOf(schemas);
		this.shards = shards.stream().collect(Collectors.toMap(LiveTopology::cluster, Function.identity()));
		this.primaries = primaries;
		this.options = options;
		for (Schema schema : this.schemas) {
			for (String shard : schema.keyspace().shards()) {
				Place place = new Place(schema.keyspace().name(), shard);
				this.statuses.put(place, place.status(State.WAITING, null));
			}
		}
	}

	/**
	 * How far each shard is.
	 * @return the status of each keyspace on each of its shards, in their order
	 */
	public List<ShardMigrationStatus> status() {
		synchronized (this.statuses) {
			return List.copyOf(this.statuses.values());
		}
	}

	/**
	 * Migrates all shards, and returns when all have been finished or have failed. A
	 * shard that cannot be reached is migrated as soon as it can be.
	 * @throws ShardMigrationException if a script failed, or shards have something else
	 * than the scripts or other shards, and the options say that this is an error
	 */
	public void migrate() {
		List<Callable<Void>> tasks = new ArrayList<>();
		AtomicBoolean over = new AtomicBoolean();
		schemasByShard().forEach((shard, ofShard) -> tasks.add(() -> {
			new ShardRun(shard, ofShard, this.options.primaryTimeout(), over, true).run();
			return null;
		}));
		if (!tasks.isEmpty()) {
			runAll(tasks);
			expire(over);
			findDrift();
			throwProblems();
			migrateUnreachableLater();
		}
	}

	private Map<String, List<Schema>> schemasByShard() {
		Map<String, List<Schema>> schemas = new LinkedHashMap<>();
		for (Schema schema : this.schemas) {
			for (String shard : schema.keyspace().shards()) {
				schemas.computeIfAbsent(shard, (key) -> new ArrayList<>()).add(schema);
			}
		}
		return schemas;
	}

	private void runAll(List<Callable<Void>> tasks) {
		ExecutorService threads = Executors.newFixedThreadPool(Math.min(this.options.parallelism(), tasks.size()),
				new MigrationThreads());
		try {
			threads.invokeAll(tasks, this.options.timeout().toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * What comes in after this is not noted any more. The scripts that are still executed
	 * end with the connections of their pool.
	 */
	private void expire(AtomicBoolean over) {
		synchronized (this.statuses) {
			over.set(true);
			for (Place place : List.copyOf(this.statuses.keySet())) {
				State state = status(place).state();
				if (state == State.WAITING || state == State.MIGRATING) {
					this.statuses.put(place, place.status(State.FAILED, Thread.currentThread().isInterrupted()
							? "was interrupted" : "has not ended after " + this.options.timeout().toSeconds() + " s"));
				}
			}
		}
	}

	private ShardMigrationStatus status(Place place) {
		ShardMigrationStatus status = this.statuses.get(place);
		return (status != null) ? status : place.status(State.WAITING, null);
	}

	private void findDrift() {
		synchronized (this.statuses) {
			for (Schema schema : this.schemas) {
				Map<String, ShardSchema.Content> byShard = new LinkedHashMap<>();
				this.contents.forEach((place, content) -> {
					if (place.keyspace().equals(schema.keyspace().name())) {
						byShard.put(place.shard(), content);
					}
				});
				SchemaDrift.find(byShard).forEach((shard, description) -> {
					Place place = new Place(schema.keyspace().name(), shard);
					ShardMigrationStatus status = status(place);
					if (status.state() != State.FAILED && status.state() != State.UNREACHABLE) {
						this.statuses.put(place, new ShardMigrationStatus(place.keyspace(), shard, State.DRIFTED,
								status.version(), status.pending(), description));
					}
				});
			}
		}
	}

	private void throwProblems() {
		Set<State> fatal = EnumSet.of(State.FAILED);
		if (this.options.failOnDrift()) {
			fatal.add(State.DRIFTED);
		}
		List<ShardMigrationStatus> all = status();
		Set<State> states = all.stream()
			.map(ShardMigrationStatus::state)
			.filter(fatal::contains)
			.collect(Collectors.toCollection(() -> EnumSet.noneOf(State.class)));
		if (!states.isEmpty()) {
			ShardMigrationException exception = new ShardMigrationException(
					all.stream()
						.map((status) -> "- " + status)
						.collect(Collectors.joining("\n", "The scripts of the keyspaces are not on all shards:\n",
								"\n")),
					states.stream().map(ShardMigrations::action).collect(Collectors.joining(" ")), cause());
			failures().skip(1).forEach(exception::addSuppressed);
			throw exception;
		}
		all.stream()
			.filter((status) -> status.state() == State.DRIFTED)
			.forEach((status) -> logger.warn("Keyspace " + status));
	}

	private Stream<RuntimeException> failures() {
		synchronized (this.statuses) {
			return List.copyOf(this.failures.values()).stream();
		}
	}

	private @Nullable RuntimeException cause() {
		return failures().findFirst().orElse(null);
	}

	private static String action(State state) {
		return switch (state) {
			case DRIFTED -> "Bring schema and history of these shards to what the scripts say, or set"
					+ " 'scaling.migrations.on-drift' to 'warn'.";
			default -> "Correct the script or the shard, and start again: what has been executed is left alone, and"
					+ " each shard goes on where it has stopped.";
		};
	}

	private void migrateUnreachableLater() {
		Map<String, List<Schema>> waiting = unreachable();
		if (waiting.isEmpty()) {
			return;
		}
		logger.warn("Starting without the scripts on " + waiting.keySet()
				+ ", which are executed as soon as these shards can be reached");
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, new MigrationThreads());
		executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		synchronized (this.statuses) {
			this.later = executor;
		}
		executor.scheduleWithFixedDelay(() -> migrateReachable(executor), RETRY_INTERVAL_SECONDS,
				RETRY_INTERVAL_SECONDS, TimeUnit.SECONDS);
	}

	private Map<String, List<Schema>> unreachable() {
		Map<String, List<Schema>> unreachable = schemasByShard();
		synchronized (this.statuses) {
			unreachable.forEach((shard, schemas) -> schemas
				.removeIf((schema) -> status(new Place(schema.keyspace().name(), shard)).state() != State.UNREACHABLE));
		}
		unreachable.values().removeIf(List::isEmpty);
		return unreachable;
	}

	private void migrateReachable(ScheduledThreadPoolExecutor executor) {
		unreachable().forEach((shard, schemas) -> {
			LiveTopology topology = this.shards.get(shard);
			if (topology != null && topology.primary().isPresent() && !this.closed.get()) {
				new ShardRun(shard, schemas, Duration.ZERO, this.closed, false).run();
				findDrift();
				for (ShardMigrationStatus status : status()) {
					if (status.shard().equals(shard) && status.state() == State.DRIFTED) {
						logger.error("Keyspace " + status);
					}
				}
			}
		});
		if (unreachable().isEmpty()) {
			executor.shutdown();
		}
	}

	/**
	 * Stops to wait for shards that cannot be reached. A script that is executed now may
	 * end within 10 seconds.
	 */
	@Override
	public void close() {
		this.closed.set(true);
		ScheduledThreadPoolExecutor executor;
		synchronized (this.statuses) {
			executor = this.later;
		}
		if (executor != null) {
			executor.shutdown();
			try {
				if (!executor.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
					executor.shutdownNow();
				}
			}
			catch (InterruptedException ex) {
				executor.shutdownNow();
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * The schema of a keyspace.
	 *
	 * @param keyspace the keyspace
	 * @param schema what brings it up to date
	 */
	public record Schema(KeyspaceDefinition keyspace, ShardSchema schema) {

	}

	private record Place(String keyspace, String shard) {

		ShardMigrationStatus status(State state, @Nullable String error) {
			return new ShardMigrationStatus(this.keyspace, this.shard, state, null, -1, error);
		}

	}

	/**
	 * Migrates the keyspaces of one shard.
	 */
	private final class ShardRun {

		private final String shard;

		private final List<Schema> schemas;

		private final Duration timeout;

		private final AtomicBoolean over;

		private final boolean first;

		ShardRun(String shard, List<Schema> schemas, Duration timeout, AtomicBoolean over, boolean first) {
			this.shard = shard;
			this.schemas = schemas;
			this.timeout = timeout;
			this.over = over;
			this.first = first;
		}

		void run() {
			String unreachable = null;
			for (Schema schema : this.schemas) {
				Place place = new Place(schema.keyspace().name(), this.shard);
				if (unreachable == null) {
					note(place, place.status(State.MIGRATING, null), null, null);
					unreachable = migrate(place, schema.schema());
				}
				else {
					note(place, place.status(State.UNREACHABLE, unreachable), null, null);
				}
			}
		}

		/**
		 * Returns why the shard cannot be reached, if that is the case.
		 */
		private @Nullable String migrate(Place place, ShardSchema schema) {
			DataSource primary;
			try {
				primary = primary();
			}
			catch (SQLException ex) {
				return unreachable(place, String.valueOf(ex.getMessage()), null);
			}
			try {
				long start = System.nanoTime();
				migrated(place, schema.migrate(primary), start);
				return null;
			}
			catch (RuntimeException ex) {
				if (isUnreachable(ex)) {
					return unreachable(place, reason(ex), ex);
				}
				failed(place, schema, primary, ex);
				return null;
			}
		}

		private DataSource primary() throws SQLException {
			LiveTopology topology = ShardMigrations.this.shards.get(this.shard);
			if (topology == null) {
				throw new SQLTransientConnectionException("There is no such cluster");
			}
			topology.awaitPrimary(this.timeout);
			if (topology.primary().isEmpty()) {
				NodePool configured = topology.configuredPrimary();
				String reason = topology.current()
					.node(configured.node().id())
					.map(NodeStatus::reason)
					.map((message) -> ": " + message)
					.orElse("");
				throw new SQLTransientConnectionException(
						"It has no primary, " + configured.node().id() + " is not" + reason);
			}
			return ShardMigrations.this.primaries.apply(topology);
		}

		private void migrated(Place place, ShardSchema.Content content, long start) {
			State state = (content.executed() > 0) ? State.MIGRATED : State.UP_TO_DATE;
			ShardMigrationStatus status = new ShardMigrationStatus(place.keyspace(), this.shard, state,
					content.version(), content.pending(), null);
			if (note(place, status, content, null)) {
				logger.info(
						"Keyspace " + status
								+ ((content.executed() > 0)
										? " by " + content.executed() + " scripts in "
												+ TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms"
										: ""));
			}
		}

		private void failed(Place place, ShardSchema schema, DataSource primary, RuntimeException failure) {
			ShardMigrationStatus status = place.status(State.FAILED, reason(failure));
			try {
				ShardSchema.Content content = schema.read(primary);
				status = new ShardMigrationStatus(place.keyspace(), this.shard, State.FAILED, content.version(),
						content.pending(), status.error());
			}
			catch (RuntimeException ex) {
				failure.addSuppressed(ex);
			}
			if (note(place, status, null, failure)) {
				logger.error("Keyspace " + status);
			}
		}

		private String unreachable(Place place, String reason, @Nullable RuntimeException failure) {
			ShardMigrationStatus status = place.status(State.UNREACHABLE, reason);
			if (note(place, status, null, failure) && this.first) {
				logger.warn("Keyspace " + status);
			}
			return reason;
		}

		private boolean note(Place place, ShardMigrationStatus status, ShardSchema.@Nullable Content content,
				@Nullable RuntimeException failure) {
			synchronized (ShardMigrations.this.statuses) {
				if (this.over.get()) {
					return false;
				}
				ShardMigrations.this.statuses.put(place, status);
				if (content != null) {
					ShardMigrations.this.contents.put(place, content);
				}
				if (failure != null) {
					ShardMigrations.this.failures.put(place, failure);
				}
				else {
					ShardMigrations.this.failures.remove(place);
				}
				return true;
			}
		}

		private static boolean isUnreachable(Throwable failure) {
			if (ShardOwnershipException.of(failure) != null) {
				return false;
			}
			for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
				if (cause instanceof SQLException ex) {
					String state = ex.getSQLState();
					if (ex instanceof SQLTransientConnectionException
							|| (state != null && (state.startsWith("08") || state.startsWith("57P0")))) {
						return true;
					}
				}
			}
			return false;
		}

		/**
		 * On one line.
		 */
		private static String reason(Throwable failure) {
			ShardOwnershipException refusal = ShardOwnershipException.of(failure);
			String message = (refusal != null) ? refusal.getMessage() : failure.getMessage();
			return String.valueOf(message)
				.strip()
				.replaceAll("\\s*\\n-+\\n\\s*", ": ")
				.replaceAll("\\n(Error Code|Statement) *:.*", "")
				.replaceAll(":?\\s*\\n\\s*", ", ")
				.replaceAll(" +", " ");
		}

	}

	/**
	 * Threads that do not keep the JVM alive, and inherit nothing.
	 */
	private static final class MigrationThreads implements ThreadFactory {

		private final AtomicInteger number = new AtomicInteger();

		@Override
		public Thread newThread(Runnable task) {
			Thread thread = new Thread(null, task, "scaling-migration-" + this.number.incrementAndGet(), 0, false);
			thread.setDaemon(true);
			return thread;
		}

	}

}
