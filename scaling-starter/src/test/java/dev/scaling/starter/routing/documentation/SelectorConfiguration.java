package dev.scaling.starter.routing.documentation;

import dev.scaling.ReplicaSelector;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configuration of the examples.
 */
@Configuration(proxyBeanMethods = false)
class SelectorConfiguration {

	// tag::selector[]
	@Bean
	ReplicaSelector nearestReplicaSelector() {
		return (candidates) -> {
			for (ReplicaSelector.Candidate candidate : candidates) {
				if (candidate.node().id().equals("replica-1")) {
					return candidate;
				}
			}
			return candidates.get(0);
		};
	}
	// end::selector[]

}
