package dev.scaling.starter.adoption.slice;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.routing.Clusters;
import dev.scaling.starter.adoption.ConfiguredCluster;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DataJpaTest @DataJpaTest} in an application that has the starter on
 * its class path and nothing configured.
 */
@DataJpaTest(properties = "spring.jpa.hibernate.ddl-auto=create")
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
class PlainJpaSliceTests {

	@DynamicPropertySource
	static void configureDataSource(DynamicPropertyRegistry registry) {
		registry.add("spring.datasource.url", () -> ConfiguredCluster.get().primary().jdbcUrl());
		registry.add("spring.datasource.username", () -> "postgres");
	}

	@Test
	void nothingIsAdded(@Autowired ApplicationContext context, @Autowired NoteRepository notes) {
		assertThat(context.getBean(DataSource.class)).isInstanceOf(HikariDataSource.class);
		assertThat(context.getBeansOfType(Clusters.class)).isEmpty();
		assertThat(notes.saveAndFlush(new Note("plain")).getId()).isPositive();
	}

}
