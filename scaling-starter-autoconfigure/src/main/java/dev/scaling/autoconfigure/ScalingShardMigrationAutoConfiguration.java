package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.sharding.FlywayShardSchema;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.ShardMigrationOptions;
import dev.scaling.sharding.ShardMigrations;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayProperties;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.io.ResourceLoader;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the scripts of keyspaces, which
 * Flyway executes on the primary of each shard. Boot's own Flyway, which migrates
 * {@code main}, is left alone.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingShardingAutoConfiguration.class)
@ConditionalOnBean({ Clusters.class, KeyspaceFactory.class })
@ConditionalOnBooleanProperty(name = "scaling.migrations.enabled", matchIfMissing = true)
@Conditional(OnShardsCondition.class)
public final class ScalingShardMigrationAutoConfiguration {

	private static void checkPositive(boolean positive, String name, Object value) {
		if (!positive) {
			throw new InvalidConfigurationPropertyValueException("scaling.migrations." + name, value,
					"It has to be positive.");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Flyway.class, FlywayConfigurationCustomizer.class })
	@EnableConfigurationProperties(FlywayProperties.class)
	@Import(DatabaseInitializationDependencyConfigurer.class)
	@ImportRuntimeHints(ScriptRuntimeHints.class)
	static class Scripts {

		@Bean
		@ConditionalOnMissingBean
		ShardMigrations shardMigrations(ScalingProperties properties, Clusters clusters, KeyspaceFactory keyspaces,
				FlywayProperties flywayProperties, ObjectProvider<FlywayConfigurationCustomizer> customizers,
				ObjectProvider<Callback> callbacks, ResourceLoader resourceLoader) {
			List<LiveTopology> topologies = List.copyOf(clusters.all());
			ShardFlywayFactory flyways = new ShardFlywayFactory(flywayProperties, customizers.orderedStream().toList(),
					callbacks.orderedStream().toList(), resourceLoader.getClassLoader());
			ShardMigrationOptions options = options(properties);
			List<ShardMigrations.Schema> schemas = new ArrayList<>();
			if (!topologies.isEmpty()) {
				Map<KeyspaceDefinition, KeyspaceScripts.Scripts> scripts = new KeyspaceScripts(properties,
						resourceLoader)
					.find(keyspaces.keyspaces().all());
				scripts
					.forEach(
							(keyspace,
									ofKeyspace) -> schemas.add(new ShardMigrations.Schema(keyspace,
											new FlywayShardSchema((primary) -> flyways.create(primary, ofKeyspace),
													options.failOnDrift()))));
			}
			return new ShardMigrations(schemas, topologies, ScalingMigrationAutoConfiguration::primaryPool, options);
		}

		private static ShardMigrationOptions options(ScalingProperties properties) {
			ScalingProperties.Migrations migrations = properties.getMigrations();
			checkPositive(migrations.getParallelism() > 0, "parallelism", migrations.getParallelism());
			checkPositive(migrations.getTimeout().compareTo(Duration.ZERO) > 0, "timeout", migrations.getTimeout());
			return new ShardMigrationOptions(migrations.getParallelism(), migrations.getTimeout(),
					properties.getFailover().getWait(),
					migrations.getOnDrift() == ScalingProperties.Migrations.OnDrift.FAIL);
		}

		@Bean
		ShardMigrationInitializer shardMigrationInitializer(ShardMigrations migrations) {
			return new ShardMigrationInitializer(migrations);
		}

	}

	/**
	 * Scripts that nobody executes would be missed by the first statement on a shard.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer")
	static class WithoutFlyway {

		WithoutFlyway(ScalingProperties properties) {
			properties.getKeyspaces().forEach((name, keyspace) -> {
				if (!keyspace.getMigrations().getLocations().isEmpty()) {
					throw new ScalingConfigurationException(
							"Property 'scaling.keyspaces." + name
									+ ".migrations.locations' names scripts, but there is no Flyway to execute them.",
							"Add spring-boot-starter-flyway and flyway-database-postgresql, or set"
									+ " 'scaling.migrations.enabled' to false.");
				}
			});
		}

	}

	static class ScriptRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("db/keyspace/*");
		}

	}

}
