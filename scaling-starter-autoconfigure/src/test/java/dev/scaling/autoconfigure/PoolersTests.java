package dev.scaling.autoconfigure;

import java.util.Map;

import com.zaxxer.hikari.HikariConfig;
import dev.scaling.pool.Pooler;
import dev.scaling.topology.PoolerMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Poolers}.
 */
class PoolersTests {

	private static final String URL = "jdbc:postgresql://pooler:6432/shop";

	@Test
	void theMoreSpecificModeCounts() {
		Poolers poolers = poolers(Map.of("scaling.pgbouncer.mode", "transaction", "scaling.primary.pgbouncer.mode",
				"none", "scaling.replicas.replica-1.url", URL, "scaling.shards.s0.pgbouncer.mode", "session",
				"scaling.shards.s0.replicas.r.pgbouncer.mode", "statement"));
		assertThat(poolers.pooler("main", "primary").mode()).isEqualTo(PoolerMode.NONE);
		assertThat(poolers.pooler("main", "replica-1").mode()).isEqualTo(PoolerMode.TRANSACTION);
		assertThat(poolers.pooler("s0", "primary").mode()).isEqualTo(PoolerMode.SESSION);
		assertThat(poolers.pooler("s0", "r").mode()).isEqualTo(PoolerMode.STATEMENT);
		assertThat(poolers.pooler("s1", "primary").mode()).isEqualTo(PoolerMode.TRANSACTION);
	}

	@ParameterizedTest
	@EnumSource(names = { "NONE", "SESSION" })
	void driverIsLeftAloneWithASessionOfItsOwn(PoolerMode mode) {
		HikariConfig pool = pool(URL);
		poolers(Map.of("scaling.pgbouncer.mode", mode)).configure(pool, "main", "primary");
		assertThat(pool.getDataSourceProperties()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "transaction, auto, 0", "statement, auto, 0", "transaction, false, 0", "transaction, off, 0",
			"transaction, true, ", "transaction, on, " })
	void preparedStatementsAreOffWhereTheSessionIsShared(String mode, String preparedStatements, String threshold) {
		HikariConfig pool = pool(URL);
		poolers(Map.of("scaling.pgbouncer.mode", mode, "scaling.pgbouncer.prepared-statements", preparedStatements))
			.configure(pool, "main", "primary");
		assertThat(pool.getDataSourceProperties().getProperty("prepareThreshold")).isEqualTo(threshold);
		assertThat(pool.getDataSourceProperties().getProperty("assumeMinServerVersion")).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "session, currentSchema=shop", "session, options=-c%20statement_timeout=1s",
			"transaction, currentSchema=shop", "transaction, prepareThreshold=5", "transaction, readOnlyMode=always",
			"transaction, preferQueryMode=extendedCacheEverything", "statement, autosave=always" })
	void parametersThatCannotWorkAreRefused(String mode, String parameter) {
		String name = parameter.substring(0, parameter.indexOf('='));
		Poolers poolers = poolers(Map.of("scaling.primary.pgbouncer.mode", mode));
		assertThatExceptionOfType(ScalingConfigurationException.class)
			.isThrownBy(() -> poolers.configure(pool(URL + "?ssl=false&" + parameter), "main", "primary"))
			.withMessageContaining("'scaling.primary.url'")
			.withMessageContaining("'" + name + "'")
			.withMessageContaining(mode + " mode")
			.withMessageContaining("Remove it");
		HikariConfig pool = pool(URL);
		pool.addDataSourceProperty(name, parameter.substring(name.length() + 1));
		assertThatExceptionOfType(ScalingConfigurationException.class)
			.isThrownBy(() -> poolers.configure(pool, "main", "primary"))
			.withMessageContaining("'spring.datasource.hikari.data-source-properties." + name + "'");
	}

	@Test
	void settingsOfTheSessionAreRefused() {
		Poolers poolers = poolers(Map.of("scaling.pgbouncer.mode", "transaction", "scaling.pool.connection-init-sql",
				"SET app.tenant = 'a'"));
		HikariConfig schema = pool(URL);
		schema.setSchema("shop");
		assertThatExceptionOfType(ScalingConfigurationException.class)
			.isThrownBy(() -> poolers.configure(schema, "main", "replica-1"))
			.withMessageContaining("'spring.datasource.hikari.schema' is 'shop'");
		HikariConfig isolation = pool(URL);
		isolation.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
		assertThatExceptionOfType(ScalingConfigurationException.class)
			.isThrownBy(() -> poolers.configure(isolation, "main", "primary"))
			.withMessageContaining("'spring.datasource.hikari.transaction-isolation'");
		HikariConfig initialization = pool(URL);
		initialization.setConnectionInitSql("SET app.tenant = 'a'");
		assertThatExceptionOfType(ScalingConfigurationException.class)
			.isThrownBy(() -> poolers.configure(initialization, "main", "primary"))
			.withMessageContaining("'scaling.pool.connection-init-sql'");
	}

	@Test
	void notificationsNeedAWayPastThePooler() {
		Map<String, Object> properties = Map.of("scaling.pgbouncer.mode", "transaction", "scaling.primary.monitor-url",
				URL, "scaling.replicas.replica-1.url", URL);
		assertThatExceptionOfType(ScalingConfigurationException.class).isThrownBy(
				() -> poolers(properties).checkNotifications("scaling.keyspaces.users.directory.propagation", "main"))
			.withMessageContaining("'scaling.keyspaces.users.directory.propagation'")
			.withMessageContaining("'scaling.replicas.replica-1.monitor-url'");
	}

	@Test
	void otherDatabasesAreLeftAlone() {
		HikariConfig pool = pool("jdbc:h2:mem:shop");
		Pooler pooler = poolers(Map.of("scaling.pgbouncer.mode", "transaction")).configure(pool, "main", "primary");
		assertThat(pooler.mode()).isEqualTo(PoolerMode.TRANSACTION);
		assertThat(pool.getDataSourceProperties()).isEmpty();
	}

	private static HikariConfig pool(String url) {
		HikariConfig pool = new HikariConfig();
		pool.setJdbcUrl(url);
		return pool;
	}

	private static Poolers poolers(Map<String, ?> properties) {
		return new Poolers(new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("scaling",
				ScalingProperties.class));
	}

}
