package dev.scaling.autoconfigure;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.sharding.KeyspaceDefinition;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternUtils;

/**
 * Finds out which keyspaces have scripts, and where.
 */
final class KeyspaceScripts {

	private static final String TABLE_PREFIX = "flyway_schema_history_";

	/**
	 * PostgreSQL cuts identifiers off at 63 bytes, and Flyway's longest is that of an
	 * index, which ends with {@code _s_idx}.
	 */
	private static final int MAX_TABLE_LENGTH = 57;

	private final ScalingProperties properties;

	private final ResourcePatternResolver resources;

	KeyspaceScripts(ScalingProperties properties, ResourceLoader resourceLoader) {
		this.properties = properties;
		this.resources = ResourcePatternUtils.getResourcePatternResolver(resourceLoader);
	}

	/**
	 * The settings of those keyspaces that have scripts, complete, in their order.
	 */
	Map<KeyspaceDefinition, Scripts> find(Iterable<KeyspaceDefinition> keyspaces) {
		Map<KeyspaceDefinition, Scripts> scripts = new LinkedHashMap<>();
		Map<String, String> owners = new HashMap<>();
		for (KeyspaceDefinition keyspace : keyspaces) {
			ScalingProperties.Keyspace.Migrations migrations = migrations(keyspace.name());
			List<String> locations = locations(keyspace.name(), migrations);
			if (!locations.isEmpty()) {
				String table = table(keyspace.name(), migrations);
				for (String shard : keyspace.shards()) {
					String owner = owners.putIfAbsent(shard + "/" + table, keyspace.name());
					if (owner != null) {
						throw new InvalidConfigurationPropertyValueException(property(keyspace.name()) + ".table",
								table, "The keyspace '" + owner + "' has the same table on " + shard + ".");
					}
				}
				scripts.put(keyspace, new Scripts(locations, table, migrations.getBaselineVersion()));
			}
		}
		return scripts;
	}

	private ScalingProperties.Keyspace.Migrations migrations(String keyspace) {
		ScalingProperties.Keyspace properties = this.properties.getKeyspaces().get(keyspace);
		return (properties != null) ? properties.getMigrations() : new ScalingProperties.Keyspace.Migrations();
	}

	private List<String> locations(String keyspace, ScalingProperties.Keyspace.Migrations migrations) {
		if (!migrations.getLocations().isEmpty()) {
			return migrations.getLocations();
		}
		String location = "db/keyspace/" + keyspace;
		try {
			return (this.resources
				.getResources(ResourcePatternResolver.CLASSPATH_ALL_URL_PREFIX + location + "/**/*.*").length > 0)
						? List.of("classpath:" + location) : List.of();
		}
		catch (FileNotFoundException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new ScalingConfigurationException("The scripts in 'classpath:" + location + "' cannot be listed.",
					"Name their location in '" + property(keyspace) + ".locations'.", ex);
		}
	}

	private static String table(String keyspace, ScalingProperties.Keyspace.Migrations migrations) {
		String table = (migrations.getTable() != null) ? migrations.getTable() : TABLE_PREFIX + keyspace;
		if (table.getBytes(StandardCharsets.UTF_8).length > MAX_TABLE_LENGTH) {
			throw new InvalidConfigurationPropertyValueException(property(keyspace) + ".table", table,
					"The name has more than " + MAX_TABLE_LENGTH + " bytes: choose a shorter one.");
		}
		return table;
	}

	private static String property(String keyspace) {
		return "scaling.keyspaces." + keyspace + ".migrations";
	}

	/**
	 * The scripts of a keyspace.
	 *
	 * @param locations where they are
	 * @param table the table on each shard that remembers what has been executed
	 * @param baselineVersion the version of a shard without that table
	 */
	record Scripts(List<String> locations, String table, String baselineVersion) {

	}

}
