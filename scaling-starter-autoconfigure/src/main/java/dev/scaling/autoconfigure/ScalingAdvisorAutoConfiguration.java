package dev.scaling.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import dev.scaling.actuate.endpoint.ScalingAdvisorEndpoint;
import dev.scaling.insight.DecisionLog;
import dev.scaling.insight.RepeatedQueries;
import dev.scaling.insight.advisor.Evidence.HotSpot;
import dev.scaling.insight.advisor.ScalingAdvisor;
import dev.scaling.insight.statistics.StatisticsHistory;
import dev.scaling.metrics.AdvisorMetrics;
import dev.scaling.pool.ConnectionBudgets;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.routing.Clusters;
import dev.scaling.sharding.KeyTraffic;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link ScalingAdvisor}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { ScalingAutoConfiguration.class, ScalingInsightAutoConfiguration.class,
		ScalingShardingAutoConfiguration.class, ScalingPgBouncerAutoConfiguration.class,
		ScalingEndpointAutoConfiguration.class })
@ConditionalOnBean(Clusters.class)
@EnableConfigurationProperties(ScalingAdvisorProperties.class)
public final class ScalingAdvisorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ScalingAdvisor scalingAdvisor(ScalingAdvisorProperties properties, Clusters clusters, ConnectionBudgets budgets,
			ObjectProvider<StatisticsHistory> statistics, ObjectProvider<RepeatedQueries> repeatedQueries,
			ObjectProvider<DecisionLog> decisions, ObjectProvider<PgBouncerMonitor> poolers,
			ObjectProvider<KeyspaceFactory> keyspaces, ObjectProvider<KeyTraffic> traffic) {
		return new ScalingAdvisor(properties.thresholds(), clusters, budgets, new ScalingAdvisor.Sources(
				statistics::getIfAvailable, repeatedQueries::getIfAvailable, decisions::getIfAvailable,
				poolers::getIfAvailable,
				() -> hotSpots(keyspaces.getIfAvailable(), traffic.getIfAvailable(), properties.getHotKeyShare())));
	}

	private static List<HotSpot> hotSpots(@Nullable KeyspaceFactory keyspaces, @Nullable KeyTraffic traffic,
			double hotKeyShare) {
		List<HotSpot> hotSpots = new ArrayList<>();
		if (keyspaces != null) {
			if (traffic != null) {
				keyspaces.keyspaces()
					.all()
					.stream()
					.filter((keyspace) -> keyspace.shards().size() > 1)
					.forEach((keyspace) -> addHotKeys(hotSpots, keyspace.name(), traffic, hotKeyShare));
			}
			keyspaces.ranges()
				.forEach((keyspace, ranges) -> ranges.hotSpot()
					.ifPresent((hotSpot) -> hotSpots
						.add(new HotSpot(keyspace, hotSpot.range().shard(), hotSpot.share(), hotSpot.totalKeys()))));
		}
		return hotSpots;
	}

	private static void addHotKeys(List<HotSpot> hotSpots, String keyspace, KeyTraffic traffic, double hotKeyShare) {
		KeyTraffic.Shares shares = traffic.shares(keyspace);
		if (shares != null) {
			shares.keys()
				.stream()
				.filter((key) -> key.share() >= hotKeyShare)
				.forEach((key) -> hotSpots.add(HotSpot.ofKey(keyspace, key.shard(), key.share())));
		}
	}

	/**
	 * The endpoint.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		ScalingAdvisorEndpoint scalingAdvisorEndpoint(ScalingAdvisor advisor) {
			return new ScalingAdvisorEndpoint(advisor);
		}

	}

	/**
	 * The meters.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MetricsConfiguration {

		@Bean
		AdvisorMetrics advisorMetrics(ScalingAdvisor advisor) {
			return new AdvisorMetrics(advisor);
		}

	}

}
