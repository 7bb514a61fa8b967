package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.pattern.ValidatePattern;
import org.jspecify.annotations.Nullable;

/**
 * Schema in the scripts of Flyway. Its lock makes sure that one instance at a time
 * executes them. Thread-safe if the factory is.
 *
 * @since 0.1.0
 */
public final class FlywayShardSchema implements ShardSchema {

	private final Function<DataSource, Flyway> factory;

	private final boolean refuseDrift;

	/**
	 * Creates the schema of a keyspace.
	 * @param factory makes a Flyway, which must not validate by itself, for the primary
	 * of a shard
	 * @param refuseDrift whether a shard that has something else than the scripts say is
	 * left as it is
	 */
	public FlywayShardSchema(Function<DataSource, Flyway> factory, boolean refuseDrift) {
		this.factory = factory;
		this.refuseDrift = refuseDrift;
	}

	/**
	 * Takes no lock where there is nothing to do.
	 */
	@Override
	public Content migrate(DataSource primary) {
		Flyway flyway = this.factory.apply(primary);
		Content content = content(flyway, 0);
		if (content.pending() == 0 || (this.refuseDrift && content.isDrifted())) {
			return content;
		}
		int executed = flyway.migrate().migrationsExecuted;
		return content(flyway, executed);
	}

	@Override
	public Content read(DataSource primary) {
		return content(this.factory.apply(primary), 0);
	}

	private static Content content(Flyway flyway, int executed) {
		MigrationInfoService info = flyway.info();
		ValidatePattern[] tolerated = flyway.getConfiguration().getIgnoreMigrationPatterns();
		List<Script> scripts = new ArrayList<>();
		for (MigrationInfo migration : info.all()) {
			Script script = script(migration, tolerated);
			if (script != null) {
				scripts.add(script);
			}
		}
		return new Content(version(info.applied()), executed, info.pending().length, scripts);
	}

	private static @Nullable String version(MigrationInfo[] applied) {
		return Arrays.stream(applied)
			.filter((migration) -> migration.getVersion() != null && migration.getState() != MigrationState.UNDONE)
			.map(MigrationInfo::getVersion)
			.max(MigrationVersion::compareTo)
			.map(MigrationVersion::getVersion)
			.orElse(null);
	}

	private static @Nullable Script script(MigrationInfo migration, ValidatePattern[] tolerated) {
		Script.State state = state(migration);
		if (state == null || migration.getType().isSynthetic() || migration.getType().isUndo()) {
			return null;
		}
		if (state != Script.State.EXECUTED && Arrays.stream(tolerated)
			.anyMatch((pattern) -> pattern.matchesMigration(migration.isVersioned(), migration.getState()))) {
			state = Script.State.TOLERATED;
		}
		return new Script(name(migration), state, migration.getAppliedChecksum(), migration.getResolvedChecksum());
	}

	/**
	 * Repeatable scripts that wait for their repetition, and what a baseline stands for,
	 * are left out.
	 */
	private static Script.@Nullable State state(MigrationInfo migration) {
		return switch (migration.getState()) {
			case SUCCESS, OUT_OF_ORDER, FAILED ->
				migration.isChecksumMatching() ? Script.State.EXECUTED : Script.State.CHANGED;
			case MISSING_SUCCESS, MISSING_FAILED, FUTURE_SUCCESS, FUTURE_FAILED -> Script.State.UNKNOWN;
			case IGNORED -> Script.State.SKIPPED;
			default -> null;
		};
	}

	private static String name(MigrationInfo migration) {
		return (migration.getVersion() != null)
				? "version " + migration.getVersion() + " ('" + migration.getDescription() + "')"
				: "repeatable '" + migration.getDescription() + "'";
	}

}
