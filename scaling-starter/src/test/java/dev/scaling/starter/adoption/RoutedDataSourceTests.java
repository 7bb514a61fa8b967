package dev.scaling.starter.adoption;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.AutoConfigurePostgresCluster;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what an application's own code finds in the place of its DataSource.
 */
@SpringBootTest(classes = RoutedDataSourceTests.Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster
class RoutedDataSourceTests {

	@Autowired
	private DataSource dataSource;

	@Autowired
	private PoolUser poolUser;

	@Test
	void poolOfANodeCanBeInjectedByItsId() {
		assertThat(this.poolUser.pool()).isInstanceOf(HikariDataSource.class);
		assertThat(((HikariDataSource) this.poolUser.pool()).getPoolName()).isEqualTo("replica-1");
	}

	@Test
	void unwrapGivesThePoolOfThePrimary() throws SQLException {
		assertThat(this.dataSource.unwrap(HikariDataSource.class).getPoolName()).isEqualTo("primary");
		assertThat(this.dataSource.isWrapperFor(RoutingDataSource.class)).isTrue();
	}

	@Test
	void otherCredentialsAreNotSupported() {
		assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
			.isThrownBy(() -> this.dataSource.getConnection("other", "secret"))
			.withMessageContaining("scaling.primary.username");
	}

	@Test
	void withoutReplicasThePoolIsMeasured() {
		try (ConfigurableApplicationContext context = Applications.run(MeasuredApplication.class,
				Map.of("scaling.primary.url", ConfiguredCluster.get().primary().jdbcUrl(), "scaling.primary.username",
						"postgres", "scaling.primary.pool.maximum-pool-size", 4))) {
			assertThat(context.getBean(DataSource.class)).isInstanceOf(HikariDataSource.class);
			assertThat(context.getBean(Clusters.class).all()).hasSize(1);
			assertThat(context.getBean(MeterRegistry.class)
				.get("hikaricp.connections.max")
				.tag("pool", "primary")
				.gauge()
				.value()).isEqualTo(4);
			assertThat(
					context.getBean(MeterRegistry.class).get("scaling.node.up").tag("node", "primary").gauge().value())
				.isOne();
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class Application {

		@Bean
		@DependsOn("dataSource")
		PoolUser aPoolUser(@Qualifier("replica-1") DataSource pool) {
			return new PoolUser(pool);
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class MeasuredApplication {

	}

	record PoolUser(DataSource pool) {

	}

}
