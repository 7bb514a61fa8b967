package dev.scaling.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the coordinates of a primary
 * that {@code scaling.primary} or {@link ScalingConnectionDetails} give.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "scaling.enabled", matchIfMissing = true)
@Conditional(OnPrimaryCondition.class)
@EnableConfigurationProperties(ScalingProperties.class)
public final class ScalingConnectionDetailsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(JdbcConnectionDetails.class)
	ScalingJdbcConnectionDetails scalingJdbcConnectionDetails(ScalingProperties properties, Environment environment,
			ObjectProvider<ScalingConnectionDetails> connectionDetails) {
		ScalingConnectionDetails details = connectionDetails.getIfAvailable();
		if (details != null) {
			return new ScalingJdbcConnectionDetails(details.getPrimary());
		}
		if (properties.getPrimary().getUrl() == null && !properties.getShards().isEmpty()) {
			Map.Entry<String, ScalingConnectionDetails.Shard> first = new PropertiesScalingConnectionDetails(properties)
				.getShards()
				.entrySet()
				.iterator()
				.next();
			return new ScalingJdbcConnectionDetails(first.getValue().getPrimary(), first.getKey());
		}
		check(properties.getPrimary().getUrl(), environment.getProperty("spring.datasource.url"));
		return new ScalingJdbcConnectionDetails(new PropertiesScalingConnectionDetails(properties).getPrimary());
	}

	private static void check(@Nullable String url, @Nullable String applicationUrl) {
		if (url == null) {
			return;
		}
		if (applicationUrl != null && !applicationUrl.equals(url)) {
			throw ScalingConfigurationException.ofUrl("scaling.primary.url", url,
					"The primary is also configured by 'spring.datasource.url', with another value.",
					"Remove one of the two.");
		}
		if (!PostgresqlUrl.matches(url) && !PostgresqlUrl.isEmbedded(url)) {
			throw ScalingConfigurationException.ofUrl("scaling.primary.url", url, "It is not PostgreSQL.",
					"Use a URL that starts with 'jdbc:postgresql:', or set 'scaling.enabled' to false.");
		}
	}

}
