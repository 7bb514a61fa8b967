package dev.scaling.routing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import dev.scaling.topology.Server;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A topology whose probes are sent and answered by hand, in any order: {@code primary}
 * and some replicas.
 */
final class ProbedCluster {

	static final Duration MAX_LAG = Duration.ofSeconds(10);

	static final long MAX_LAG_BYTES = 1_000_000;

	private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

	private final Map<String, Server> servers = new HashMap<>();

	private final LiveTopology topology;

	private int starts;

	ProbedCluster(int replicas) {
		this(replicas, "", Duration.ofSeconds(30));
	}

	/**
	 * A cluster each of whose nodes has been tried in vain: nobody is waited for any
	 * more.
	 */
	static ProbedCluster tried(int replicas) {
		return new ProbedCluster(replicas).tryAll();
	}

	ProbedCluster(int replicas, String notPromotable, Duration abortAfter) {
		List<NodePool> pools = new ArrayList<>();
		for (int i = 1; i <= replicas; i++) {
			pools.add(pool("replica-" + i, NodeRole.REPLICA, notPromotable));
		}
		this.topology = new LiveTopology(pool("primary", NodeRole.PRIMARY, notPromotable), pools,
				new TopologyOptions(MAX_LAG, MAX_LAG_BYTES, Duration.ofSeconds(30), abortAfter, Duration.ofSeconds(3)),
				Clock.systemUTC());
		this.topology.pools().forEach((pool) -> start(pool.node().id()));
	}

	private static NodePool pool(String id, NodeRole role, String notPromotable) {
		return new NodePool(new Node(id, Node.MAIN_CLUSTER, role, null, 1, !id.equals(notPromotable)),
				new DriverManagerDataSource());
	}

	ProbedCluster tryAll() {
		this.topology.pools().forEach((pool) -> send(pool.node().id()).down());
		return this;
	}

	LiveTopology topology() {
		return this.topology;
	}

	NodePool node(String id) {
		return this.topology.pool(id).orElseThrow();
	}

	/**
	 * A server is started anew.
	 */
	void start(String id) {
		start(id, 42);
	}

	void start(String id, long systemIdentifier) {
		this.starts++;
		this.servers.put(id, new Server(systemIdentifier, "10.0.0." + (this.topology.pools().indexOf(node(id)) + 1),
				5432, STARTED.plusSeconds(this.starts)));
	}

	/**
	 * The URL of a node leads to the server of another one.
	 */
	void redirect(String id, String other) {
		this.servers.put(id, server(other));
	}

	Server server(String id) {
		return this.servers.getOrDefault(id, new Server(0, null, 0, STARTED));
	}

	/**
	 * Sends a probe, which is not answered yet.
	 */
	Probe send(String id) {
		return new Probe(id, 0);
	}

	/**
	 * Sends a probe some time ago.
	 */
	Probe send(String id, Duration ago) {
		return new Probe(id, ago.toNanos());
	}

	NodeStatus status(String id) {
		return this.topology.current().node(id).orElseThrow();
	}

	NodeState state(String id) {
		return status(id).state();
	}

	String reason(String id) {
		return String.valueOf(status(id).reason());
	}

	String primary() {
		return this.topology.primary().map((pool) -> pool.node().id()).orElse("none");
	}

	boolean isWritable() {
		return this.topology.snapshot().writable();
	}

	List<String> available() {
		return this.topology.available().stream().map((pool) -> pool.node().id()).toList();
	}

	/**
	 * A probe on its way.
	 */
	final class Probe {

		private final NodePool pool;

		private final long epoch;

		private final long nanoTime;

		private final Server server;

		private Probe(String id, long age) {
			this.pool = node(id);
			this.epoch = ProbedCluster.this.topology.beginProbe();
			this.nanoTime = System.nanoTime() - age;
			this.server = server(id);
		}

		void primary(int timeline, long position) {
			primary(timeline, position, 0);
		}

		/**
		 * Sees a primary.
		 * @param begin where it was promoted
		 */
		void primary(int timeline, long position, long begin) {
			seen(false, false, timeline, position, begin);
		}

		void readOnlyPrimary(int timeline, long position) {
			seen(false, true, timeline, position, 0);
		}

		void replica(int timeline, long position) {
			seen(true, false, timeline, 0, position);
		}

		private void seen(boolean inRecovery, boolean readOnly, int timeline, long insert, long replay) {
			ProbedCluster.this.topology.seen(this.pool, new NodeReading(this.epoch, this.nanoTime, this.server,
					inRecovery, readOnly, timeline, insert, insert, inRecovery ? replay : 0, replay, null));
		}

		void down() {
			fails(ProbeFailure.Kind.DOWN);
		}

		void fails(ProbeFailure.Kind kind) {
			ProbedCluster.this.topology.failed(this.pool, this.epoch, new ProbeFailure("no answer: " + kind, kind));
		}

		long epoch() {
			return this.epoch;
		}

		long ageMillis() {
			return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.nanoTime);
		}

	}

}
