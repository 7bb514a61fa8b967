package dev.scaling.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration properties of the health of clusters.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("scaling.health")
public class ScalingHealthProperties {

	/**
	 * Names of the clusters that the application can do without, such as a shard of
	 * archived data: while nobody takes their writes, their health is 'UNKNOWN' instead
	 * of 'DOWN'.
	 */
	private Set<String> optional = new LinkedHashSet<>();

	public Set<String> getOptional() {
		return this.optional;
	}

	public void setOptional(Set<String> optional) {
		this.optional = optional;
	}

	void check(Collection<String> clusters) {
		for (String name : this.optional) {
			if (!clusters.contains(name)) {
				throw new InvalidConfigurationPropertyValueException("scaling.health.optional", name,
						"There is no such cluster. The clusters are " + String.join(", ", clusters) + ".");
			}
		}
	}

}
