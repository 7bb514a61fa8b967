package dev.scaling.starter.adoption;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a whole application with replicas whose database a test replaces by an
 * embedded one. Nothing listens on the ports.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "scaling.primary.url=jdbc:postgresql://127.0.0.1:1/shop",
				"scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop" })
@AutoConfigureTestDatabase
class EmbeddedDatabaseTests {

	@Autowired
	private DataSource dataSource;

	@Test
	void embeddedDatabaseIsLeftAlone(@Autowired JdbcClient jdbc, @Autowired TransactionTemplate transactions) {
		assertThat(this.dataSource).isInstanceOf(EmbeddedDatabase.class);
		transactions.setReadOnly(true);
		Integer one = transactions.execute((status) -> jdbc.sql("SELECT 1").query(Integer.class).single());
		assertThat(one).isOne();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class Application {

	}

}
