package dev.scaling.starter.routing;

import dev.scaling.test.AutoConfigurePostgresCluster;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/**
 * Tests for the table of transactions with a {@link JdbcClient}, and services behind JDK
 * proxies.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, properties = "spring.aop.proxy-target-class=false")
@AutoConfigurePostgresCluster(replicas = 2)
class JdbcPropagationMatrixTests extends AbstractPropagationMatrixTests {

	@Autowired
	private JdbcClient jdbc;

	@Override
	int read(String table) {
		return this.jdbc.sql(Probes.sql(table)).query(Integer.class).single();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ JdbcApplication.class, EntryStyle.Registrar.class })
	static class Application {

	}

}
