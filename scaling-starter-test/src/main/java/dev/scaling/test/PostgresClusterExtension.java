package dev.scaling.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * JUnit Jupiter extension that starts a cluster for the tests of a class, repairs it
 * before each of them, and removes it after the last one.
 * <p>
 * It is registered in a static field, and the cluster is then also a parameter of test
 * and lifecycle methods: <pre class="code">
 * &#064;RegisterExtension
 * static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(2).extension();
 *
 * &#064;Test
 * void readsGoOnWithoutOneReplica(PostgresCluster cluster) {
 * 	cluster.replica(1).kill();
 * 	...
 * }
 * </pre>
 *
 * @since 0.1.0
 */
public final class PostgresClusterExtension
		implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, ParameterResolver {

	private final PostgresCluster.Builder builder;

	private @Nullable PostgresCluster cluster;

	private @Nullable ExtensionContext owner;

	PostgresClusterExtension(PostgresCluster.Builder builder) {
		this.builder = builder;
	}

	/**
	 * The cluster, while the tests of the class run.
	 * @return the cluster
	 */
	public PostgresCluster cluster() {
		if (this.cluster == null) {
			throw new IllegalStateException("The cluster is not started: register the extension in a static field");
		}
		return this.cluster;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		if (this.cluster == null) {
			this.cluster = this.builder.start();
			this.owner = context;
		}
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		cluster().repair();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		if (this.cluster != null && context.equals(this.owner)) {
			this.cluster.close();
			this.cluster = null;
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == PostgresCluster.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return cluster();
	}

}
