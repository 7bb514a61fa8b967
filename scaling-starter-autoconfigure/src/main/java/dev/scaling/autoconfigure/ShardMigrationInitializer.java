package dev.scaling.autoconfigure;

import dev.scaling.sharding.ShardMigrationException;
import dev.scaling.sharding.ShardMigrations;

import org.springframework.beans.factory.InitializingBean;

/**
 * Migrates the shards before anything else uses them.
 */
final class ShardMigrationInitializer implements InitializingBean {

	private final ShardMigrations migrations;

	ShardMigrationInitializer(ShardMigrations migrations) {
		this.migrations = migrations;
	}

	@Override
	public void afterPropertiesSet() {
		try {
			this.migrations.migrate();
		}
		catch (ShardMigrationException ex) {
			throw new ScalingConfigurationException(ex.description(), ex.action(), ex);
		}
	}

}
