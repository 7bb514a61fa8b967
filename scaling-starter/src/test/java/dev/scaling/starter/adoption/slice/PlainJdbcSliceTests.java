package dev.scaling.starter.adoption.slice;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.routing.Clusters;
import dev.scaling.starter.adoption.ConfiguredCluster;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JdbcTest @JdbcTest} in an application that has the starter on its
 * class path and nothing configured.
 */
@JdbcTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
class PlainJdbcSliceTests {

	@DynamicPropertySource
	static void configureDataSource(DynamicPropertyRegistry registry) {
		registry.add("spring.datasource.url", () -> ConfiguredCluster.get().primary().jdbcUrl());
		registry.add("spring.datasource.username", () -> "postgres");
	}

	@Test
	void nothingIsAdded(@Autowired ApplicationContext context) {
		assertThat(context.getBeansOfType(DataSource.class)).hasSize(1).containsKey("dataSource");
		assertThat(context.getBean(DataSource.class)).isInstanceOf(HikariDataSource.class);
		assertThat(context.getBeansOfType(Clusters.class)).isEmpty();
	}

}
