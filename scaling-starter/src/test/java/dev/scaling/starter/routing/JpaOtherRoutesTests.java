package dev.scaling.starter.routing;

import java.util.Map;
import java.util.concurrent.Callable;

import dev.scaling.test.AutoConfigurePostgresCluster;
import jakarta.persistence.EntityManager;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestPropertySource;

/**
 * Tests for work without a transaction attribute of the application's own, with JPA.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest(classes = JpaApplication.class)
@AutoConfigurePostgresCluster(replicas = 2)
class JpaOtherRoutesTests extends AbstractOtherRoutesTests {

	@Autowired
	private JpaProbeRepository repository;

	@Autowired
	private EntityManager entityManager;

	@Override
	Map<String, Callable<?>> ways() {
		Map<String, Callable<?>> ways = super.ways();
		ways.put("EntityManager", () -> this.entityManager.find(JpaProbe.class, 0));
		ways.put("a repository's inherited findById, count", () -> this.repository.count());
		ways.put("a repository's own query", () -> this.repository.findByIdLessThan(1));
		ways.put("a repository's own query with @Transactional(readOnly = true)",
				() -> this.repository.findByIdLessThanEqual(0));
		return ways;
	}

}
