package dev.scaling.test;

import java.util.List;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PostgresClusterContextCustomizer}, what makes it and what cleans up
 * after it.
 */
class PostgresClusterContextCustomizerTests {

	private final PostgresClusterContextCustomizerFactory factory = new PostgresClusterContextCustomizerFactory();

	@Test
	void testsWithoutTheAnnotationAreLeftAlone() {
		assertThat(customizer(Object.class)).isNull();
	}

	@Test
	void testsThatAskForTheSameClusterShareTheirContext() {
		assertThat(customizer(OneReplica.class)).isNotNull()
			.isEqualTo(customizer(AlsoOneReplica.class))
			.isEqualTo(customizer(OneReplica.NestedTests.class))
			.hasSameHashCodeAs(customizer(AlsoOneReplica.class))
			.isNotEqualTo(customizer(TwoReplicas.class));
	}

	@Test
	void parameterWithoutAValueIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> customize(MalformedParameter.class))
			.withMessage("Parameter 'max_connections' of @AutoConfigurePostgresCluster has no '='");
	}

	@Test
	void clusterOutlivesTheContextAndIsRepairedAfterTheClass() {
		PostgresCluster cluster;
		try (GenericApplicationContext context = customize(OneReplica.class)) {
			cluster = context.getBean(PostgresCluster.class);
			cluster.replica(1).kill();
		}
		assertThat(cluster.primary().isRunning()).isTrue();
		assertThat(cluster.replica(1).isRunning()).isFalse();
		afterTestClass(Object.class);
		assertThat(cluster.replica(1).isRunning()).isFalse();
		afterTestClass(OneReplica.class);
		assertThat(cluster.replica(1).isRunning()).isTrue();
		try (GenericApplicationContext context = customize(AlsoOneReplica.class)) {
			assertThat(context.getBean(PostgresCluster.class)).isSameAs(cluster);
		}
	}

	private ContextCustomizer customizer(Class<?> testClass) {
		return this.factory.createContextCustomizer(testClass, List.of());
	}

	private GenericApplicationContext customize(Class<?> testClass) {
		GenericApplicationContext context = new GenericApplicationContext();
		customizer(testClass).customizeContext(context, mock(MergedContextConfiguration.class));
		context.refresh();
		return context;
	}

	private static void afterTestClass(Class<?> testClass) {
		TestContext testContext = mock();
		given(testContext.getTestClass()).willAnswer((invocation) -> testClass);
		new PostgresClusterTestExecutionListener().afterTestClass(testContext);
	}

	@AutoConfigurePostgresCluster(replicas = 1)
	static class OneReplica {

		@Nested
		class NestedTests {

		}

	}

	@AutoConfigurePostgresCluster(replicas = 1)
	static class AlsoOneReplica {

	}

	@AutoConfigurePostgresCluster
	static class TwoReplicas {

	}

	@AutoConfigurePostgresCluster(parameters = "max_connections")
	static class MalformedParameter {

	}

}
