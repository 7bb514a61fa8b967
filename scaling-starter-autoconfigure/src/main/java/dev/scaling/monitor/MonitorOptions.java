package dev.scaling.monitor;

import java.time.Duration;
import java.util.UUID;

import org.springframework.util.Assert;

/**
 * How the nodes of a cluster are probed.
 *
 * @param interval the time between two probes of a node
 * @param timeout how long a probe may take, connecting included
 * @param instances how many instances of the application there are, or 0 to count them
 * @param application the name of the application, which all of its instances share
 * @param instance identifies this instance of the application, the same for all of its
 * clusters
 * @since 0.1.0
 */
public record MonitorOptions(Duration interval, Duration timeout, int instances, String application, UUID instance) {

	public MonitorOptions {
		Assert.isTrue(interval.compareTo(Duration.ZERO) > 0, "'interval' must be positive");
		Assert.isTrue(timeout.compareTo(Duration.ZERO) > 0, "'timeout' must be positive");
		Assert.isTrue(instances >= 0, "'instances' must not be negative");
		Assert.hasText(application, "'application' must not be empty");
	}

}
