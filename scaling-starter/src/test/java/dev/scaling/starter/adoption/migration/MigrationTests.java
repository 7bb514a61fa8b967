package dev.scaling.starter.adoption.migration;

import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

import dev.scaling.routing.Clusters;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingReason;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.adoption.ConfiguredCluster;
import dev.scaling.starter.adoption.EnableJdbcAutoConfiguration;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what creates and changes schemas.
 */
class MigrationTests {

	@Test
	void flywayMigratesThroughThePoolOfThePrimary() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(FlywayApplication.class,
				"spring.flyway.enabled=true", "spring.flyway.table=adoption_flyway_history",
				"spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0")) {
			assertThat(context.getBean(Flyway.class).getConfiguration().getDataSource())
				.isSameAs(context.getBean("primaryDataSource"));
			assertThat(routedWork(context)).isEmpty();
			assertThat(rows(context, "adoption_by_flyway")).isZero();
		}
	}

	@Test
	void flywayKeepsItsOwnCoordinates() {
		String url = ConfiguredCluster.get().primary().jdbcUrl();
		try (ConfigurableApplicationContext context = Applications.runOnCluster(FlywayApplication.class,
				"spring.flyway.enabled=true", "spring.flyway.url=" + url, "spring.flyway.user=postgres",
				"spring.flyway.table=adoption_flyway_history", "spring.flyway.baseline-on-migrate=true",
				"spring.flyway.baseline-version=0")) {
			assertThat(context.getBean(Flyway.class).getConfiguration().getDataSource())
				.isNotIn(context.getBeansOfType(DataSource.class).values());
		}
	}

	@Test
	void flywayKeepsItsOwnDataSourceBean() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(FlywayDataSourceApplication.class,
				"spring.flyway.enabled=true", "spring.flyway.table=adoption_flyway_history",
				"spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0")) {
			assertThat(context.getBean(Flyway.class).getConfiguration().getDataSource())
				.isSameAs(context.getBean("migrationOwner"));
			assertThat(context.getBean("dataSource")).isInstanceOf(RoutingDataSource.class);
		}
	}

	@Test
	void liquibaseMigratesThroughThePoolOfThePrimary() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(JdbcApplication.class,
				"spring.liquibase.enabled=true",
				"spring.liquibase.change-log=classpath:dev/scaling/starter/adoption/migration/changelog.sql",
				"spring.liquibase.database-change-log-table=adoption_changelog",
				"spring.liquibase.database-change-log-lock-table=adoption_changelog_lock")) {
			assertThat(context.getBean(SpringLiquibase.class).getDataSource())
				.isSameAs(context.getBean("primaryDataSource"));
			assertThat(routedWork(context)).isEmpty();
			assertThat(rows(context, "adoption_by_liquibase")).isZero();
		}
	}

	@Test
	void hibernateCreatesItsSchemaOnThePrimary() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(JpaApplication.class,
				"spring.jpa.hibernate.ddl-auto=create")) {
			assertThat(context.getBean(EntityManagerFactory.class).isOpen()).isTrue();
			assertThat(routedWork(context).keySet()).allMatch((work) -> work.startsWith("primary "));
			assertThat(rows(context, "adoption_by_hibernate")).isZero();
		}
	}

	@Test
	void hibernateSeesWhatFlywayHasMigrated() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(FlywayJpaApplication.class,
				"spring.flyway.enabled=true", "spring.flyway.table=adoption_flyway_jpa_history",
				"spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0",
				"spring.jpa.hibernate.ddl-auto=validate")) {
			assertThat(context.getBean(EntityManagerFactory.class).isOpen()).isTrue();
		}
	}

	@Test
	void initializationScriptsRunOnThePrimary() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(JdbcApplication.class,
				"spring.sql.init.mode=always",
				"spring.sql.init.schema-locations=classpath:dev/scaling/starter/adoption/migration/schema.sql",
				"spring.sql.init.data-locations=classpath:dev/scaling/starter/adoption/migration/data.sql")) {
			assertThat(routedWork(context).keySet()).containsOnly("primary non-transactional");
			assertThat(rows(context, "adoption_by_script")).isOne();
		}
	}

	private static Map<String, Long> routedWork(ConfigurableApplicationContext context) {
		Map<String, Long> work = new LinkedHashMap<>();
		for (NodePool pool : context.getBean(Clusters.class).find("main").orElseThrow().pools()) {
			for (RoutingReason reason : RoutingReason.values()) {
				if (pool.decisions(reason) > 0) {
					work.put(pool.node().id() + " " + reason.tag(), pool.decisions(reason));
				}
			}
		}
		return work;
	}

	private static long rows(ConfigurableApplicationContext context, String table) {
		return context.getBean(JdbcClient.class).sql("SELECT count(*) FROM " + table).query(Long.class).single();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class JdbcApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class FlywayApplication {

		@Bean
		V1__CreateTable migration() {
			return new V1__CreateTable("adoption_by_flyway");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class FlywayDataSourceApplication extends FlywayApplication {

		@Bean(defaultCandidate = false)
		@FlywayDataSource
		DataSource migrationOwner() {
			return DataSourceBuilder.create()
				.url(ConfiguredCluster.get().primary().jdbcUrl())
				.username("postgres")
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class JpaApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class FlywayJpaApplication extends JpaApplication {

		@Bean
		V1__CreateTable migration() {
			return new V1__CreateTable("adoption_by_hibernate");
		}

	}

	@Entity(name = "adoption_by_hibernate")
	static class Thing {

		@Id
		private Integer id;

		Integer getId() {
			return this.id;
		}

	}

	static class V1__CreateTable extends BaseJavaMigration {

		private final String table;

		V1__CreateTable(String table) {
			this.table = table;
		}

		@Override
		public void migrate(Context context) {
			JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(context.getConnection(), true));
			jdbc.execute("CREATE TABLE IF NOT EXISTS " + this.table + " (id integer PRIMARY KEY)");
		}

	}

}
