package dev.scaling.sample;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EmbeddedCluster} and {@link StartupGuide}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedClusterTests {

	@Test
	void clusterOutlivesThePools(CapturedOutput output) {
		FirstBean firstBean = new FirstBean();
		SpringApplication.withHook((application) -> firstBean, () -> SampleApplication
			.main(new String[] { "--server.port=0", "--logging.level.dev.scaling.sample=info" }));
		PostgresCluster cluster = firstBean.context.getBean(PostgresCluster.class);
		assertThat(output.toString().lines()).containsAll(cluster.nodes().stream().map(this::line).toList());
		assertThat(output.toString().lines()).filteredOn((line) -> line.startsWith("curl -i ")).hasSize(3);
		assertThat(output.toString().lines()).filteredOn((line) -> line.startsWith("curl -X POST ")).hasSize(3);
		assertThat(output.toString().lines()).anyMatch((line) -> line.endsWith("/actuator/scaling in a browser"));
		firstBean.context.close();
		assertThat(firstBean.closedPools).isTrue();
		assertThat(firstBean.runningCluster).isTrue();
		assertThat(cluster.nodes()).noneMatch(PostgresNode::isRunning);
	}

	@Test
	void aotProcessingStartsNoCluster() {
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			new EmbeddedCluster().initialize(context);
			assertThat(context.getBeanFactory().getSingletonNames()).doesNotContain("postgresCluster");
		}
		finally {
			System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
		}
	}

	private String line(PostgresNode node) {
		return "%s %s:%d (user postgres, no password, loopback only)".formatted(node.id(), node.host(), node.port());
	}

	/**
	 * Is registered before the beans of the application, and so destroyed after them.
	 */
	private static final class FirstBean implements SpringApplicationRunListener {

		private GenericApplicationContext context;

		private Collection<HikariDataSource> pools = Set.of();

		private boolean closedPools;

		private boolean runningCluster;

		@Override
		public void contextPrepared(ConfigurableApplicationContext context) {
			this.context = (GenericApplicationContext) context;
			this.context.getDefaultListableBeanFactory().registerDisposableBean("firstBean", this::destroy);
		}

		@Override
		public void ready(ConfigurableApplicationContext context, Duration timeTaken) {
			this.pools = context.getBeansOfType(HikariDataSource.class).values();
		}

		private void destroy() {
			this.closedPools = !this.pools.isEmpty() && this.pools.stream().allMatch(HikariDataSource::isClosed);
			this.runningCluster = cluster().nodes().stream().allMatch(PostgresNode::isRunning);
		}

		private PostgresCluster cluster() {
			return this.context.getBean(PostgresCluster.class);
		}

	}

}
