package dev.scaling.routing;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The clusters that the application's DataSource reaches, by name. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Clusters {

	private final Map<String, LiveTopology> topologies = new ConcurrentSkipListMap<>();

	/**
	 * Adds a cluster.
	 * @param topology the topology of the cluster
	 */
	public void add(LiveTopology topology) {
		this.topologies.put(topology.current().cluster(), topology);
	}

	/**
	 * All clusters in the order of their names.
	 * @return the topologies
	 */
	public Collection<LiveTopology> all() {
		return this.topologies.values();
	}

	/**
	 * The cluster of the given name.
	 * @param name the name, such as {@code main}
	 * @return the topology, or empty if there is no such cluster
	 */
	public Optional<LiveTopology> find(String name) {
		return Optional.ofNullable(this.topologies.get(name));
	}

}
