package dev.scaling.sample.faults;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Breaks and repairs the embedded cluster over HTTP, or a shard. There is nothing to
 * break where the profile {@code external} is active.
 */
@RestController
@RequestMapping("/faults")
class FaultController {

	private final ObjectProvider<PostgresCluster> cluster;

	FaultController(ObjectProvider<PostgresCluster> cluster) {
		this.cluster = cluster;
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
