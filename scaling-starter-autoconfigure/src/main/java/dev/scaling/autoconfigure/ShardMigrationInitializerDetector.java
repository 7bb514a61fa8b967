package dev.scaling.autoconfigure;

import java.util.Set;

import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;

/**
 * Makes what uses the database, such as JPA, wait for {@link ShardMigrationInitializer}.
 */
class ShardMigrationInitializerDetector extends AbstractBeansOfTypeDatabaseInitializerDetector {

	/**
	 * After that of Boot's Flyway, which migrates {@code main}.
	 */
	private static final int ORDER = 10;

	@Override
	protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
		return Set.of(ShardMigrationInitializer.class);
	}

	/**
	 * Overrides {@link DatabaseInitializerDetector}, not only what it extends.
	 */
	@Override
	public int getOrder() {
		return ORDER;
	}

}
