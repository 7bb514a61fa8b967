package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

import com.zaxxer.hikari.HikariCredentialsProvider;
import dev.scaling.actuate.endpoint.ScalingPgBouncerEndpoint;
import dev.scaling.health.PgBouncerHealthIndicator;
import dev.scaling.metrics.PgBouncerMetrics;
import dev.scaling.pool.BudgetVerdict;
import dev.scaling.pool.ConnectionBudget;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.pool.pgbouncer.PgBouncerConsole;
import dev.scaling.pool.pgbouncer.PgBouncerFinding;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.NodePool;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what PgBouncer says of itself.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class)
@ConditionalOnBean(Clusters.class)
public final class ScalingPgBouncerAutoConfiguration {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	@Bean(initMethod = "start")
	@ConditionalOnMissingBean
	@ConditionalOnProperty("scaling.pgbouncer.admin.url")
	PgBouncerMonitor pgBouncerMonitor(ScalingProperties properties, DefaultListableBeanFactory beanFactory) {
		ScalingProperties.PgBouncerAdmin admin = properties.getPgbouncer().getAdmin();
		String url = admin.getUrl();
		if (url == null || !PostgresqlUrl.matches(url)) {
			throw ScalingConfigurationException.ofUrl("scaling.pgbouncer.admin.url", String.valueOf(url),
					"It is not PostgreSQL's.", "Use a URL like 'jdbc:postgresql://pgbouncer:6432/pgbouncer'.");
		}
		checkPositive("interval", admin.getInterval());
		checkPositive("waiting-threshold", admin.getWaitingThreshold());
		HikariCredentialsProvider credentials = new NodeCredentials(beanFactory).ofPgBouncer();
		PgBouncerConsole console = (credentials != null) ? new PgBouncerConsole(url, credentials, TIMEOUT)
				: new PgBouncerConsole(url, admin.getUsername(), admin.getPassword(), TIMEOUT);
		return new PgBouncerMonitor(console, admin.getInterval(), admin.getWaitingThreshold());
	}

	private static void checkPositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new InvalidConfigurationPropertyValueException("scaling.pgbouncer.admin." + name, value,
					"It has to be positive.");
		}
	}

	/**
	 * The endpoint, which writes a configuration without a console, too.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		ScalingPgBouncerEndpoint scalingPgBouncerEndpoint(Clusters clusters, ObjectProvider<PgBouncerMonitor> monitor,
				ConnectionBudgets budgets) {
			return new ScalingPgBouncerEndpoint(clusters, monitor.getIfAvailable(), (pool) -> poolSize(budgets, pool),
					() -> sizes(budgets));
		}

		private static OptionalInt poolSize(ConnectionBudgets budgets, NodePool pool) {
			return budgets.budgets()
				.stream()
				.filter((budget) -> budget.pooler() == null)
				.filter((budget) -> budget.shares().stream().anyMatch((share) -> share.pool() == pool))
				.mapToInt(ConnectionBudget::poolSize)
				.findFirst();
		}

		private static List<PgBouncerFinding> sizes(ConnectionBudgets budgets) {
			return budgets.budgets()
				.stream()
				.filter((budget) -> budget.verdict() == BudgetVerdict.EXCEEDED
						&& (budget.pooler() != null || budget.isExceededByPooler()))
				.map((budget) -> new PgBouncerFinding(
						(budget.pooler() != null) ? "too-many-clients" : "too-many-server-connections",
						budget.arithmetic(), StringUtils.capitalize(budget.cure()) + "."))
				.toList();
		}

	}

	/**
	 * The meters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnProperty("scaling.pgbouncer.admin.url")
	static class MetricsConfiguration {

		@Bean
		PgBouncerMetrics pgBouncerMetrics(PgBouncerMonitor monitor) {
			return new PgBouncerMetrics(monitor);
		}

	}

	/**
	 * The health.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnProperty("scaling.pgbouncer.admin.url")
	@ConditionalOnEnabledHealthIndicator("pgbouncer")
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = { "pgbouncerHealthIndicator", "pgbouncerHealthContributor" })
		PgBouncerHealthIndicator pgbouncerHealthIndicator(PgBouncerMonitor monitor) {
			return new PgBouncerHealthIndicator(monitor);
		}

	}

}
