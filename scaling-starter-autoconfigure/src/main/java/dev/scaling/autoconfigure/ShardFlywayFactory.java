package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayProperties;
import org.springframework.util.StringUtils;

/**
 * Makes a Flyway for the scripts of a keyspace on a shard: with what
 * {@code spring.flyway} says of scripts in general, and not what it says of
 * {@code main}'s. Thread-safe if the customizers are.
 */
final class ShardFlywayFactory {

	private final FlywayProperties properties;

	private final List<FlywayConfigurationCustomizer> customizers;

	private final List<Callback> callbacks;

	private final @Nullable ClassLoader classLoader;

	ShardFlywayFactory(FlywayProperties properties, List<FlywayConfigurationCustomizer> customizers,
			List<Callback> callbacks, @Nullable ClassLoader classLoader) {
		this.properties = properties;
		this.customizers = customizers;
		this.callbacks = callbacks;
		this.classLoader = classLoader;
	}

	Flyway create(DataSource primary, KeyspaceScripts.Scripts scripts) {
		FluentConfiguration configuration = (this.classLoader != null) ? new FluentConfiguration(this.classLoader)
				: new FluentConfiguration();
		inherit(configuration);
		configuration.callbacks(this.callbacks.toArray(Callback[]::new));
		own(configuration, primary, scripts);
		this.customizers.forEach((customizer) -> customizer.customize(configuration));
		own(configuration, primary, scripts);
		return configuration.load();
	}

	/**
	 * Before the customizers, so that they see where they are, and after them, as some
	 * are meant for {@code main}.
	 */
	private static void own(FluentConfiguration configuration, DataSource primary, KeyspaceScripts.Scripts scripts) {
		configuration.dataSource(primary)
			.locations(scripts.locations().toArray(String[]::new))
			.failOnMissingLocations(true)
			.table(scripts.table())
			.baselineOnMigrate(true)
			.baselineVersion(scripts.baselineVersion())
			.validateOnMigrate(false)
			.cleanDisabled(true);
	}

	private void inherit(FluentConfiguration configuration) {
		PropertyMapper map = PropertyMapper.get();
		map.from(this.properties.getConnectRetries()).to(configuration::connectRetries);
		map.from(this.properties.getConnectRetriesInterval())
			.as(Duration::toSeconds)
			.as(Long::intValue)
			.to(configuration::connectRetriesInterval);
		map.from(this.properties.getLockRetryCount()).to(configuration::lockRetryCount);
		map.from(this.properties.getDefaultSchema()).to((schema) -> configuration.defaultSchema(schema));
		map.from(this.properties.getSchemas())
			.as(StringUtils::toStringArray)
			.to((schemas) -> configuration.schemas(schemas));
		map.from(this.properties.isCreateSchemas()).to(configuration::createSchemas);
		map.from(this.properties.getTablespace()).to(configuration::tablespace);
		map.from(this.properties.getInstalledBy()).to(configuration::installedBy);
		map.from(this.properties.isGroup()).to(configuration::group);
		map.from(this.properties.isMixed()).to(configuration::mixed);
		map.from(this.properties.isOutOfOrder()).to(configuration::outOfOrder);
		map.from(this.properties.isExecuteInTransaction()).to(configuration::executeInTransaction);
		map.from(this.properties.getLoggers()).to((loggers) -> configuration.loggers(loggers));
		map.from(this.properties.getIgnoreMigrationPatterns())
			.as((patterns) -> patterns.toArray(String[]::new))
			.to((patterns) -> configuration.ignoreMigrationPatterns(patterns));
		inheritScripts(configuration, map);
	}

	private void inheritScripts(FluentConfiguration configuration, PropertyMapper map) {
		map.from(this.properties.getEncoding()).to((encoding) -> configuration.encoding(encoding));
		map.from(this.properties.getPlaceholders()).to(configuration::placeholders);
		map.from(this.properties.getPlaceholderPrefix()).to(configuration::placeholderPrefix);
		map.from(this.properties.getPlaceholderSuffix()).to(configuration::placeholderSuffix);
		map.from(this.properties.getPlaceholderSeparator()).to(configuration::placeholderSeparator);
		map.from(this.properties.isPlaceholderReplacement()).to(configuration::placeholderReplacement);
		map.from(this.properties.getSqlMigrationPrefix()).to(configuration::sqlMigrationPrefix);
		map.from(this.properties.getSqlMigrationSuffixes())
			.as(StringUtils::toStringArray)
			.to((suffixes) -> configuration.sqlMigrationSuffixes(suffixes));
		map.from(this.properties.getSqlMigrationSeparator()).to(configuration::sqlMigrationSeparator);
		map.from(this.properties.getRepeatableSqlMigrationPrefix()).to(configuration::repeatableSqlMigrationPrefix);
		map.from(this.properties.isSkipDefaultCallbacks()).to(configuration::skipDefaultCallbacks);
		map.from(this.properties.isValidateMigrationNaming()).to(configuration::validateMigrationNaming);
		map.from(this.properties.getInitSqls())
			.as((initSqls) -> String.join("\n", initSqls))
			.to(configuration::initSql);
	}

}
