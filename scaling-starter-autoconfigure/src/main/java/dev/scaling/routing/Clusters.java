package dev.scaling.routing;

import java.util.Collection;
import java.util.List;
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

	private final Runnable initializer;

	/**
	 * Creates the registry.
	 * @param initializer makes sure that the application's DataSource is there, which
	 * adds its clusters; called while there is none
	 */
	public Clusters(Runnable initializer) {
		this.initializer = initializer;
	}

	/**
	 * Adds a cluster.
	 * @param topology the topology of the cluster
	 */
	public void add(LiveTopology topology) {
		this.topologies.put(topology.current().cluster(), topology);
	}

	/**
	 * All clusters in the order of their names.
	 * @return the topologies; empty if the application's DataSource is left alone
	 */
	public Collection<LiveTopology> all() {
		if (this.topologies.isEmpty()) {
			this.initializer.run();
		}
		return List.copyOf(this.topologies.values());
	}

	/**
	 * The cluster of the given name.
	 * @param name the name, such as {@code main}
	 * @return the topology, or empty if there is no such cluster
	 */
	public Optional<LiveTopology> find(String name) {
		return all().stream().filter((topology) -> topology.current().cluster().equals(name)).findFirst();
	}

}
