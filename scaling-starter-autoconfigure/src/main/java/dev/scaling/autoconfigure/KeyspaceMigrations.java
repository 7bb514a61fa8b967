package dev.scaling.autoconfigure;

import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import dev.scaling.routing.LiveTopology;
import dev.scaling.sharding.Keyspaces;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternUtils;
import org.springframework.util.ClassUtils;

/**
 * Decides which keyspaces are migrated, and what happens when that fails.
 */
final class KeyspaceMigrations {

	private static final Log logger = LogFactory.getLog(KeyspaceMigrations.class);

	private static final boolean FLYWAY = ClassUtils.isPresent("org.flywaydb.core.Flyway",
			KeyspaceMigrations.class.getClassLoader());

	private final ScalingProperties properties;

	private final ResourceLoader resourceLoader;

	KeyspaceMigrations(ScalingProperties properties, ResourceLoader resourceLoader) {
		this.properties = properties;
		this.resourceLoader = resourceLoader;
	}

	/**
	 * Migrates all keyspaces.
	 * @param keyspaces all keyspaces
	 * @param shards the topologies of all shards
	 */
	void run(Keyspaces keyspaces, Collection<LiveTopology> shards) {
		if (!FLYWAY || !this.properties.getMigrations().isEnabled()) {
			return;
		}
		this.properties.getKeyspaces().forEach((name, keyspace) -> {
			List<String> locations = locations(name, keyspace);
			if (!locations.isEmpty()) {
				List<String> names = keyspaces.get(name).shards();
				run(name, locations, shards.stream().filter((shard) -> names.contains(shard.cluster())).toList());
			}
		});
	}

	private List<String> locations(String name, ScalingProperties.Keyspace keyspace) {
		if (!keyspace.getMigrations().isEmpty()) {
			return keyspace.getMigrations();
		}
		String location = "classpath:db/keyspace/" + name;
		try {
			boolean present = ResourcePatternUtils.getResourcePatternResolver(this.resourceLoader)
				.getResources("classpath*:db/keyspace/" + name + "/**/*.sql").length > 0;
			return present ? List.of(location) : List.of();
		}
		catch (IOException ex) {
			throw new ScalingConfigurationException("The scripts of " + location + " cannot be listed.",
					"Name their location in 'scaling.keyspaces." + name + ".migrations'.", ex);
		}
	}

	private void run(String keyspace, List<String> locations, Collection<LiveTopology> shards) {
		ClassLoader classLoader = this.resourceLoader.getClassLoader();
		List<ShardMigrations.ShardStatus> statuses = new ShardMigrations(
				this.properties.getMigrations().getParallelism(),
				(classLoader != null) ? classLoader : KeyspaceMigrations.class.getClassLoader(), Clock.systemUTC())
			.migrate(keyspace, locations, shards);
		String all = statuses.stream().map(Object::toString).collect(Collectors.joining("; "));
		if (statuses.stream().anyMatch((status) -> status.state() == ShardMigrations.State.FAILED)) {
			throw new ScalingConfigurationException("The scripts of keyspace '" + keyspace + "' failed: " + all + ".",
					"Correct the script or the shard, and start again: shards that are done are left alone, the others go"
							+ " on.");
		}
		if (statuses.stream().anyMatch((status) -> !status.isDone())) {
			logger.warn("Not all shards of keyspace '" + keyspace + "' could be migrated: " + all
					+ ". The next start of an instance does it");
		}
		String drift = ShardMigrations.drift(statuses);
		if (drift != null) {
			drifted(keyspace, drift);
		}
	}

	private void drifted(String keyspace, String drift) {
		String what = "The shards of keyspace '" + keyspace + "' have applied different scripts: " + drift + ".";
		if (this.properties.getMigrations().getOnDrift() == ScalingProperties.Migrations.OnDrift.FAIL) {
			throw new ScalingConfigurationException(what,
					"Bring the shards to one state, or set 'scaling.migrations.on-drift' to 'warn'.");
		}
		logger.warn(what);
	}

}
