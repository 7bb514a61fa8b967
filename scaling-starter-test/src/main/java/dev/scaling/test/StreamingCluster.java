package dev.scaling.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A {@link PostgresCluster} over the servers of any engine.
 */
final class StreamingCluster implements PostgresCluster {

	static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final ClusterGroup group;

	private final String name;

	private final List<StreamingNode> nodes = new ArrayList<>();

	private volatile StreamingNode primary;

	StreamingCluster(ClusterGroup group, String name, int replicas, Servers servers, ServerSettings settings) {
		this.group = group;
		this.name = name;
		this.primary = add("primary", servers, settings);
		for (int number = 1; number <= replicas; number++) {
			add("replica-" + number, servers, settings);
		}
	}

	private StreamingNode add(String node, Servers servers, ServerSettings settings) {
		String id = DEFAULT_NAME.equals(this.name) ? node : this.name + "/" + node;
		StreamingNode added = new StreamingNode(this, id, servers.create(this.name, node), settings.database());
		this.nodes.add(added);
		return added;
	}

	/**
	 * Make and start all nodes.
	 */
	void create() {
		this.primary.createAsPrimary();
		ClusterGroup.inParallel(others(), StreamingNode::rejoin);
		awaitReplication();
		this.nodes.forEach(StreamingNode::resetStatements);
	}

	/**
	 * Bring all nodes back into the roles that they were created with.
	 */
	void repairNodes() {
		this.primary.resume();
		this.primary.start();
		ClusterGroup.inParallel(others(), StreamingNode::repair);
		awaitReplication();
		StreamingNode first = this.nodes.get(0);
		if (this.primary != first) {
			StreamingNode interim = this.primary;
			interim.stop();
			first.promote();
			for (StreamingNode other : others()) {
				if (other == interim) {
					other.rejoin();
				}
				else {
					other.follow();
				}
			}
			awaitReplication();
		}
	}

	void closePoolers() {
		this.nodes.forEach(StreamingNode::closePooler);
	}

	void promoted(StreamingNode node) {
		this.primary = node;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public StreamingNode primary() {
		return this.primary;
	}

	@Override
	public List<PostgresNode> replicas() {
		return List.copyOf(others());
	}

	private List<StreamingNode> others() {
		return this.nodes.stream().filter((node) -> node != this.primary).toList();
	}

	@Override
	public PostgresNode replica(int number) {
		if (number < 1 || number >= this.nodes.size()) {
			throw new IllegalArgumentException("Cluster '%s' has %d replicas, and no replica %d".formatted(this.name,
					this.nodes.size() - 1, number));
		}
		return this.nodes.get(number);
	}

	@Override
	public List<PostgresNode> nodes() {
		return List.copyOf(this.nodes);
	}

	@Override
	public PostgresNode node(String id) {
		List<PostgresNode> all = clusters().values().stream().flatMap((cluster) -> cluster.nodes().stream()).toList();
		return all.stream()
			.filter((node) -> node.id().equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"No node '%s' among %s".formatted(id, all.stream().map(PostgresNode::id).toList())));
	}

	@Override
	public Map<String, PostgresCluster> clusters() {
		return this.group.clusters();
	}

	@Override
	public PostgresCluster cluster(String name) {
		PostgresCluster cluster = clusters().get(name);
		if (cluster == null) {
			throw new IllegalArgumentException("No cluster '%s' among %s".formatted(name, clusters().keySet()));
		}
		return cluster;
	}

	@Override
	public void awaitReplication() {
		String position = this.primary.flushPosition();
		for (StreamingNode replica : others()) {
			replica.awaitReplay(this.primary, position);
		}
	}

	@Override
	public void repair() {
		this.group.repair();
	}

	@Override
	public void close() {
		this.group.close();
	}

	@Override
	public String toString() {
		return "PostgreSQL cluster '%s' %s".formatted(this.name, this.nodes);
	}

}
