package dev.scaling.starter.routing;

import java.util.Map;
import java.util.concurrent.Callable;

import dev.scaling.test.AutoConfigurePostgresCluster;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestPropertySource;

/**
 * Tests for work without a transaction attribute of the application's own, with JDBC.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest(classes = JdbcApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster(replicas = 2)
class JdbcOtherRoutesTests extends AbstractOtherRoutesTests {

	@Autowired
	private JdbcProbeRepository repository;

	@Override
	Map<String, Callable<?>> ways() {
		Map<String, Callable<?>> ways = super.ways();
		ways.put("a repository's inherited findById, count", () -> this.repository.findById(0));
		ways.put("a repository's own query", () -> this.repository.findByIdLessThan(1));
		ways.put("a repository's own query with @Transactional(readOnly = true)",
				() -> this.repository.findByIdLessThanEqual(0));
		return ways;
	}

}
