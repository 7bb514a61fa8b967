package dev.scaling.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

import dev.scaling.health.ClusterHealthIndicator;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.jdbc.health.DataSourceHealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@code db} health of
 * clusters, which takes the place of Boot's: that one is down as soon as a single replica
 * is.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = ScalingAutoConfiguration.class,
		beforeName = "org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration")
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(RoutingDataSourceFactory.class)
@ConditionalOnEnabledHealthIndicator("db")
@EnableConfigurationProperties(ScalingHealthProperties.class)
public final class ScalingHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "dbHealthIndicator", "dbHealthContributor" })
	HealthContributor dbHealthContributor(Clusters clusters, RoutingDataSourceFactory factory,
			ScalingHealthProperties properties) {
		Map<String, HealthContributor> contributors = new LinkedHashMap<>();
		for (LiveTopology topology : clusters.all()) {
			contributors.put(topology.cluster(),
					new ClusterHealthIndicator(topology, properties.getOptional().contains(topology.cluster())));
		}
		if (!contributors.isEmpty()) {
			properties.check(contributors.keySet());
		}
		Map<String, DataSource> unrouted = factory.applicationDataSources().unroutedDataSources(contributors.isEmpty());
		unrouted.forEach((name, dataSource) -> contributors.put(name, new DataSourceHealthIndicator(dataSource)));
		return (contributors.size() == 1) ? contributors.values().iterator().next()
				: CompositeHealthContributor.fromMap(contributors);
	}

}
