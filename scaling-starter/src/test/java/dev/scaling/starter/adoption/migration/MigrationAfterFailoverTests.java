package dev.scaling.starter.adoption.migration;

import javax.sql.DataSource;

import dev.scaling.routing.Clusters;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.starter.adoption.EnableJdbcAutoConfiguration;
import dev.scaling.starter.adoption.migration.MigrationTests.JdbcApplication;
import dev.scaling.starter.adoption.migration.MigrationTests.JpaApplication;
import dev.scaling.starter.adoption.migration.MigrationTests.V1__CreateTable;
import dev.scaling.test.PostgresCluster;
import jakarta.persistence.EntityManagerFactory;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what changes schemas when the configured primary is a standby at the start of
 * the application, because a replica has been promoted since.
 */
class MigrationAfterFailoverTests {

	private static final PostgresCluster cluster = ConfiguredCluster.get();

	@BeforeAll
	static void promoteReplica() {
		cluster.primary().stop();
		cluster.replica(1).promote();
		cluster.replica(2).follow();
		cluster.node("primary").rejoin();
	}

	@AfterAll
	static void repairCluster() {
		cluster.repair();
	}

	@Test
	void flywayMigratesThePromotedNode() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(FlywayApplication.class,
				"spring.flyway.enabled=true", "spring.flyway.table=adoption_failover_history",
				"spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0")) {
			assertMigrated(context, context.getBean(Flyway.class).getConfiguration().getDataSource(),
					"adoption_failover_by_flyway");
		}
	}

	@Test
	void liquibaseMigratesThePromotedNode() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(JdbcApplication.class,
				"spring.liquibase.enabled=true",
				"spring.liquibase.change-log=classpath:dev/scaling/starter/adoption/migration/changelog-after-failover.sql",
				"spring.liquibase.database-change-log-table=adoption_failover_changelog",
				"spring.liquibase.database-change-log-lock-table=adoption_failover_changelog_lock")) {
			assertMigrated(context, context.getBean(SpringLiquibase.class).getDataSource(),
					"adoption_failover_by_liquibase");
		}
	}

	@Test
	void hibernateCreatesItsSchemaOnThePromotedNode() {
		promoted().sql("DROP TABLE IF EXISTS adoption_by_hibernate").update();
		try (ConfigurableApplicationContext context = Applications.runOnCluster(JpaApplication.class,
				"spring.jpa.hibernate.ddl-auto=create")) {
			assertThat(context.getBean(EntityManagerFactory.class).isOpen()).isTrue();
			assertThat(tables("adoption_by_hibernate")).isOne();
		}
	}

	@Test
	void initializationScriptsRunOnThePromotedNode() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(JdbcApplication.class,
				"spring.sql.init.mode=always",
				"spring.sql.init.schema-locations=classpath:dev/scaling/starter/adoption/migration/schema.sql",
				"spring.sql.init.data-locations=classpath:dev/scaling/starter/adoption/migration/data.sql")) {
			assertThat(primary(context)).isEqualTo("replica-1");
			assertThat(tables("adoption_by_script")).isOne();
		}
	}

	private static void assertMigrated(ConfigurableApplicationContext context, DataSource dataSource, String table) {
		assertThat(primary(context)).isEqualTo("replica-1");
		assertThat(dataSource).isInstanceOfSatisfying(DelegatingDataSource.class,
				(promoted) -> assertThat(promoted.getTargetDataSource())
					.isSameAs(context.getBean("replica-1DataSource")));
		assertThat(tables(table)).isOne();
	}

	private static String primary(ConfigurableApplicationContext context) {
		return context.getBean(Clusters.class).find("main").orElseThrow().primary().orElseThrow().node().id();
	}

	private static long tables(String name) {
		return promoted().sql("SELECT count(*) FROM pg_tables WHERE tablename = ?")
			.param(name)
			.query(Long.class)
			.single();
	}

	private static JdbcClient promoted() {
		return JdbcClient.create(cluster.replica(1).dataSource());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class FlywayApplication {

		@Bean
		V1__CreateTable migration() {
			return new V1__CreateTable("adoption_failover_by_flyway");
		}

	}

}
