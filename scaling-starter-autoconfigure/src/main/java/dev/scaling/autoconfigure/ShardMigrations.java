package dev.scaling.autoconfigure;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;

/**
 * Runs the scripts of each keyspace on the primary of each of its shards, before anybody
 * uses the DataSource: in parallel, under Flyway's own lock, and with a history for each
 * keyspace, because a shard may serve several.
 */
final class ShardMigrations {

	private static final Log logger = LogFactory.getLog(ShardMigrations.class);

	/**
	 * Scripts begin at version 1, also where another keyspace has tables already.
	 */
	private static final String BASELINE = "0";

	private final int parallelism;

	private final ClassLoader classLoader;

	private final Clock clock;

	ShardMigrations(int parallelism, ClassLoader classLoader, Clock clock) {
		this.parallelism = parallelism;
		this.classLoader = classLoader;
		this.clock = clock;
	}

	/**
	 * Migrates the shards of a keyspace.
	 * @return the status of each shard, in their order
	 */
	List<ShardStatus> migrate(String keyspace, List<String> locations, Collection<LiveTopology> shards) {
		ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, Math.min(this.parallelism, shards.size())),
				(task) -> new Thread(task, "scaling-migration-" + keyspace));
		try {
			Map<String, Future<ShardStatus>> futures = new LinkedHashMap<>();
			for (LiveTopology shard : shards) {
				futures.put(shard.cluster(), threads.submit(() -> migrate(keyspace, locations, shard)));
			}
			List<ShardStatus> statuses = new ArrayList<>();
			futures.forEach((shard, future) -> statuses.add(get(keyspace, shard, future)));
			return statuses;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private ShardStatus get(String keyspace, String shard, Future<ShardStatus> future) {
		try {
			return future.get();
		}
		catch (ExecutionException ex) {
			return failed(keyspace, shard, String.valueOf(ex.getCause()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return failed(keyspace, shard, "interrupted");
		}
	}

	private ShardStatus migrate(String keyspace, List<String> locations, LiveTopology shard) {
		NodePool primary = shard.primary().orElse(null);
		if (primary == null) {
			return new ShardStatus(keyspace, shard.cluster(), State.UNREACHABLE, null, Map.of(), "has no primary now",
					this.clock.instant());
		}
		try {
			Flyway flyway = Flyway.configure(this.classLoader)
				.dataSource(
						new ScalingMigrationAutoConfiguration.PromotedDataSource(primary, shard.configuredPrimary()))
				.locations(locations.toArray(String[]::new))
				.table("flyway_history_" + keyspace.replaceAll("[^A-Za-z0-9_]", "_"))
				.baselineOnMigrate(true)
				.baselineVersion(BASELINE)
				.load();
			MigrateResult result = flyway.migrate();
			ShardStatus status = new ShardStatus(keyspace, shard.cluster(),
					(result.migrationsExecuted > 0) ? State.MIGRATED : State.UP_TO_DATE, version(flyway),
					checksums(flyway), null, this.clock.instant());
			logger.info("Keyspace " + keyspace + " on " + shard.cluster() + ": " + result.migrationsExecuted
					+ " scripts executed, now at version " + status.version());
			return status;
		}
		catch (FlywayException ex) {
			return failed(keyspace, shard.cluster(), Objects.requireNonNullElse(ex.getMessage(), ex.toString()));
		}
	}

	private ShardStatus failed(String keyspace, String shard, String reason) {
		return new ShardStatus(keyspace, shard, State.FAILED, null, Map.of(), reason, this.clock.instant());
	}

	private static @Nullable String version(Flyway flyway) {
		MigrationInfo current = flyway.info().current();
		return (current != null && current.getVersion() != null) ? current.getVersion().getVersion() : null;
	}

	/**
	 * What has been applied, by version or description.
	 */
	private static Map<String, String> checksums(Flyway flyway) {
		Map<String, String> checksums = new TreeMap<>();
		for (MigrationInfo migration : flyway.info().applied()) {
			if (migration.getChecksum() != null) {
				checksums.put((migration.getVersion() != null) ? migration.getVersion().getVersion()
						: migration.getDescription(), String.valueOf(migration.getAppliedChecksum()));
			}
		}
		return checksums;
	}

	/**
	 * Describes what the shards of a keyspace have applied differently.
	 * @return the differences, or {@code null} if there are none
	 */
	static @Nullable String drift(List<ShardStatus> statuses) {
		List<ShardStatus> known = statuses.stream().filter(ShardStatus::isDone).toList();
		if (known.stream().map(ShardStatus::checksums).distinct().count() <= 1) {
			return null;
		}
		return known.stream()
			.map((status) -> status.shard() + " has " + status.checksums())
			.collect(Collectors.joining("; "));
	}

	/**
	 * How far a shard is.
	 */
	enum State {

		/**
		 * Scripts have been executed.
		 */
		MIGRATED,

		/**
		 * There was nothing to do.
		 */
		UP_TO_DATE,

		/**
		 * A script has failed.
		 */
		FAILED,

		/**
		 * Its primary does not answer.
		 */
		UNREACHABLE

	}

	/**
	 * The status of a keyspace on a shard.
	 *
	 * @param keyspace the keyspace
	 * @param shard the shard
	 * @param state how far it is
	 * @param version the version of the last script, or {@code null}
	 * @param checksums what has been applied
	 * @param reason why it failed, or {@code null}
	 * @param time when that was
	 */
	record ShardStatus(String keyspace, String shard, State state, @Nullable String version,
			Map<String, String> checksums, @Nullable String reason, Instant time) {

		boolean isDone() {
			return this.state == State.MIGRATED || this.state == State.UP_TO_DATE;
		}

		@Override
		public String toString() {
			return this.shard + " is " + this.state.name().toLowerCase(Locale.ROOT).replace('_', ' ')
					+ ((this.version != null) ? " at version " + this.version : "")
					+ ((this.reason != null) ? " (" + this.reason + ")" : "");
		}

	}

}
