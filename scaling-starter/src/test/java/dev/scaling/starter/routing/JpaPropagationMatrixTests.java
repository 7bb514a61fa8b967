package dev.scaling.starter.routing;

import dev.scaling.test.AutoConfigurePostgresCluster;
import jakarta.persistence.EntityManager;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.annotation.Propagation;

/**
 * Tests for the table of transactions with an {@link EntityManager} that lives as long as
 * its transaction, and services behind CGLIB proxies.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest
@AutoConfigureMockMvc
@AutoConfigurePostgresCluster(replicas = 2)
class JpaPropagationMatrixTests extends AbstractPropagationMatrixTests {

	@Autowired
	private EntityManager entityManager;

	@Override
	int read(String table) {
		return ((Number) this.entityManager.createNativeQuery(Probes.sql(table)).getSingleResult()).intValue();
	}

	@Override
	String expected(Case example) {
		// Hibernate has no savepoints for Spring's transaction manager
		return (example.propagation() == Propagation.NESTED && example.outer() != Outer.NONE) ? "exception"
				: super.expected(example);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ JpaApplication.class, EntryStyle.Registrar.class })
	static class Application {

	}

}
