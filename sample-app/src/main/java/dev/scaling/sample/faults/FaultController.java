package dev.scaling.sample.faults;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Breaks and repairs the embedded cluster over HTTP, a shard, or a node. There is nothing
 * to break where the profile {@code external} is active.
 */
@RestController
@RequestMapping("/faults")
class FaultController {

	private final ObjectProvider<PostgresCluster> cluster;

	FaultController(ObjectProvider<PostgresCluster> cluster) {
		this.cluster = cluster;
	}

	/**
	 * Who is what: where this is not found, nothing can be broken.
	 * @return the roles of the nodes by cluster
	 */
	@GetMapping
	synchronized Map<String, Roles> roles() {
		Map<String, Roles> roles = new LinkedHashMap<>();
		cluster().clusters().forEach((name, cluster) -> roles.put(name, Roles.of(cluster)));
		return roles;
	}

	/**
	 * The replicas stop to replay: they receive what is written, and do not show it.
	 * @param name the name of the cluster, such as {@code shard-2}
	 * @return the roles of the nodes
	 */
	@PostMapping("/lag")
	synchronized Roles lag(@RequestParam(name = "cluster", defaultValue = PostgresCluster.DEFAULT_NAME) String name) {
		PostgresCluster cluster = cluster(name);
		runningReplicas(cluster).forEach(PostgresNode::pauseReplay);
		return Roles.of(cluster);
	}

	/**
	 * The primary crashes, the replica that has received most is promoted, and the other
	 * one follows it.
	 * @param name the name of the cluster, such as {@code shard-2}
	 * @return the roles of the nodes
	 */
	@PostMapping("/failover")
	synchronized Roles failover(
			@RequestParam(name = "cluster", defaultValue = PostgresCluster.DEFAULT_NAME) String name) {
		PostgresCluster cluster = cluster(name);
		List<PostgresNode> replicas = runningReplicas(cluster);
		if (replicas.isEmpty()) {
			throw new ResponseStatusException(HttpStatus.CONFLICT,
					"No replica is left to be promoted: POST /faults/repair");
		}
		cluster.primary().kill();
		replicas.forEach(PostgresNode::resume);
		replicas.forEach(PostgresNode::resumeReplay);
		PostgresNode successor = Collections.max(replicas, Comparator.comparingLong(FaultController::received));
		successor.promote();
		replicas.stream().filter((replica) -> replica != successor).forEach(PostgresNode::follow);
		return Roles.of(cluster);
	}

	/**
	 * All nodes run in their first roles again, those of the shards, too.
	 * @return the roles of the nodes of the main cluster
	 */
	@PostMapping("/repair")
	synchronized Roles repair() {
		PostgresCluster cluster = cluster();
		cluster.repair();
		return Roles.of(cluster);
	}

	/**
	 * The processes of one node are suspended: connections stay open, and nothing
	 * answers.
	 * @param id the id of the node, such as {@code shard-2/replica-1}
	 */
	@PostMapping("/freeze")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	synchronized void freeze(@RequestParam("node") String id) {
		running(id).freeze();
	}

	/**
	 * A frozen node goes on where it was.
	 * @param id the id of the node, such as {@code shard-2/replica-1}
	 */
	@PostMapping("/thaw")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	synchronized void thaw(@RequestParam("node") String id) {
		node(id).resume();
	}

	/**
	 * One node crashes, and nobody takes its place.
	 * @param id the id of the node, such as {@code shard-2/replica-1}
	 */
	@PostMapping("/kill")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	synchronized void kill(@RequestParam("node") String id) {
		running(id).kill();
	}

	/**
	 * One node is stopped and started in the role that it had, or started if it does not
	 * run. A deposed primary comes back as one, and is fenced.
	 * @param id the id of the node, such as {@code shard-2/replica-1}
	 */
	@PostMapping("/restart")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	synchronized void restart(@RequestParam("node") String id) {
		PostgresNode node = node(id);
		if (node.isRunning()) {
			node.restart();
		}
		else {
			node.start();
		}
	}

	/**
	 * A replica is promoted. If the primary runs, it is shut down first, as an
	 * administrator does; the other replicas follow the new one.
	 * @param id the id of the node, such as {@code shard-2/replica-1}
	 * @return the roles of the nodes
	 */
	@PostMapping("/promote")
	synchronized Roles promote(@RequestParam("node") String id) {
		PostgresNode successor = running(id);
		PostgresCluster cluster = clusterOf(id);
		if (!cluster.replicas().contains(successor)) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "Node %s is no replica".formatted(id));
		}
		List<PostgresNode> replicas = runningReplicas(cluster);
		replicas.forEach(PostgresNode::resume);
		replicas.forEach(PostgresNode::resumeReplay);
		if (cluster.primary().isRunning()) {
			cluster.primary().stop();
		}
		successor.promote();
		replicas.stream().filter((replica) -> replica != successor).forEach(PostgresNode::follow);
		return Roles.of(cluster);
	}

	private PostgresNode running(String id) {
		PostgresNode node = node(id);
		if (!node.isRunning()) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "Node %s does not run".formatted(id));
		}
		return node;
	}

	private PostgresNode node(String id) {
		return clusterOf(id).nodes()
			.stream()
			.filter((node) -> node.id().equals(id))
			.findFirst()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no node %s".formatted(id)));
	}

	private PostgresCluster clusterOf(String id) {
		int end = id.indexOf('/');
		return cluster((end < 0) ? PostgresCluster.DEFAULT_NAME : id.substring(0, end));
	}

	private PostgresCluster cluster(String name) {
		Map<String, PostgresCluster> clusters = cluster().clusters();
		PostgresCluster cluster = clusters.get(name);
		if (cluster == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND,
					"There is no cluster %s among %s".formatted(name, clusters.keySet()));
		}
		return cluster;
	}

	private PostgresCluster cluster() {
		return this.cluster.getIfAvailable(() -> {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no embedded cluster");
		});
	}

	private static List<PostgresNode> runningReplicas(PostgresCluster cluster) {
		return cluster.replicas().stream().filter(PostgresNode::isRunning).toList();
	}

	private static long received(PostgresNode replica) {
		return JdbcClient.create(replica.dataSource())
			.sql("SELECT pg_last_wal_receive_lsn() - '0/0'")
			.query(Long.class)
			.single();
	}

	record Roles(String primary, List<String> replicas) {

		static Roles of(PostgresCluster cluster) {
			return new Roles(cluster.primary().id(), runningReplicas(cluster).stream().map(PostgresNode::id).toList());
		}

	}

}
