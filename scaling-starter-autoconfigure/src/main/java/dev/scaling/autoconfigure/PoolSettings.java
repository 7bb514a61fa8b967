package dev.scaling.autoconfigure;

import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Settings of a node's pool, from the most general to the most specific: defaults,
 * {@code spring.datasource.hikari}, {@code scaling.pool}, {@code pool} of the node.
 */
final class PoolSettings {

	private static final int DEFAULT_MAXIMUM_POOL_SIZE = 10;

	private static final int DEFAULT_MINIMUM_IDLE = 2;

	private static final Duration DEFAULT_CONNECTION_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(30);

	private final Binder binder;

	private final ScalingProperties properties;

	PoolSettings(Environment environment, ScalingProperties properties) {
		this.binder = Binder.get(environment);
		this.properties = properties;
	}

	/**
	 * Applies all settings to a pool that the application has not configured itself.
	 */
	<C extends HikariConfig> void applyAll(C target, ScalingProperties.Pool node) {
		String poolName = target.getPoolName();
		long idleTimeout = target.getIdleTimeout();
		target.setMaximumPoolSize(DEFAULT_MAXIMUM_POOL_SIZE);
		target.setMinimumIdle(DEFAULT_MINIMUM_IDLE);
		target.setConnectionTimeout(DEFAULT_CONNECTION_TIMEOUT.toMillis());
		target.setIdleTimeout(DEFAULT_IDLE_TIMEOUT.toMillis());
		this.binder.bind("spring.datasource.hikari", Bindable.ofInstance(target));
		if (poolName != null) {
			target.setPoolName(poolName);
		}
		applyOwn(target, node);
		if (target.getMinimumIdle() >= target.getMaximumPoolSize()) {
			target.setMinimumIdle(target.getMaximumPoolSize());
			if (target.getIdleTimeout() == DEFAULT_IDLE_TIMEOUT.toMillis()) {
				// HikariCP warns of one that has no effect, which this one would not
				// have.
				target.setIdleTimeout(idleTimeout);
			}
		}
	}

	/**
	 * Applies the settings of {@code scaling} only.
	 */
	void applyOwn(HikariConfig target, ScalingProperties.Pool node) {
		apply(this.properties.getPool(), target);
		apply(node, target);
	}

	private static void apply(ScalingProperties.Pool pool, HikariConfig target) {
		PropertyMapper map = PropertyMapper.get();
		map.from(pool::getMaximumPoolSize).to(target::setMaximumPoolSize);
		map.from(pool::getMinimumIdle).to(target::setMinimumIdle);
		map.from(pool::getConnectionTimeout).as(Duration::toMillis).to(target::setConnectionTimeout);
		map.from(pool::getIdleTimeout).as(Duration::toMillis).to(target::setIdleTimeout);
		map.from(pool::getMaxLifetime).as(Duration::toMillis).to(target::setMaxLifetime);
		map.from(pool::getKeepaliveTime).as(Duration::toMillis).to(target::setKeepaliveTime);
		map.from(pool::getValidationTimeout).as(Duration::toMillis).to(target::setValidationTimeout);
		map.from(pool::getLeakDetectionThreshold).as(Duration::toMillis).to(target::setLeakDetectionThreshold);
		map.from(pool::getConnectionInitSql).to(target::setConnectionInitSql);
		pool.getDataSourceProperties().forEach(target::addDataSourceProperty);
	}

}
