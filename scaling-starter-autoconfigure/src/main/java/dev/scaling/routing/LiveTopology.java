package dev.scaling.routing;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.scaling.ReplicaSelector;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import dev.scaling.topology.Topology;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The pools of a cluster and what is known of their nodes. Readers take an immutable
 * snapshot without a lock; changes are rare and replace it as a whole. Thread-safe.
 *
 * @since 0.1.0
 */
public final class LiveTopology {

	private static final Log logger = LogFactory.getLog(LiveTopology.class);

	private final String cluster;

	private final NodePool primary;

	private final List<NodePool> replicas;

	private final Clock clock;

	private final List<EjectionListener> listeners = new CopyOnWriteArrayList<>();

	private volatile Snapshot snapshot;

	/**
	 * Creates the topology of a cluster whose nodes are all up.
	 * @param primary the pool of the primary
	 * @param replicas the pools of the replicas
	 * @param clock tells the time of state changes
	 */
	public LiveTopology(NodePool primary, List<NodePool> replicas, Clock clock) {
		this.cluster = primary.node().cluster();
		this.primary = primary;
		this.replicas = List.copyOf(replicas);
		this.clock = clock;
		Instant now = clock.instant();
		this.snapshot = new Snapshot(
				new Topology(this.cluster,
						pools().stream().map((pool) -> new NodeStatus(pool.node(), NodeState.UP, now, null)).toList()),
				this.replicas, List.copyOf(this.replicas));
	}

	/**
	 * The latest snapshot of the nodes' states.
	 * @return the snapshot, never {@code null}
	 */
	public Topology current() {
		return this.snapshot.topology();
	}

	/**
	 * The pool of the primary.
	 * @return the pool, never {@code null}
	 */
	public NodePool primary() {
		return this.primary;
	}

	/**
	 * The pools of all replicas, in whatever state.
	 * @return the pools in the order of their configuration
	 */
	public List<NodePool> replicas() {
		return this.replicas;
	}

	/**
	 * The pools of all nodes, the primary first.
	 * @return the pools
	 */
	public List<NodePool> pools() {
		return Stream.concat(Stream.of(this.primary), this.replicas.stream()).toList();
	}

	/**
	 * The pool of the node of the given id.
	 * @param id the id, such as {@code replica-1}
	 * @return the pool, or empty if there is no such node
	 */
	public Optional<NodePool> pool(String id) {
		return pools().stream().filter((pool) -> pool.node().id().equals(id)).findFirst();
	}

	/**
	 * Adds a listener to ejections of replicas.
	 * @param listener the listener
	 */
	public void addListener(EjectionListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * The replicas that are given work.
	 */
	List<NodePool> available() {
		return this.snapshot.available();
	}

	/**
	 * The same replicas for a selector.
	 */
	List<ReplicaSelector.Candidate> candidates() {
		return this.snapshot.candidates();
	}

	/**
	 * Leaves a replica alone until it is readmitted. Does nothing if it is ejected
	 * already, or is no replica.
	 * @param pool the pool of the replica
	 * @param reason what failed
	 */
	public void eject(NodePool pool, String reason) {
		if (change(pool, NodeState.EJECTED, reason)) {
			pool.evictAll();
			logger.warn("Node " + pool.node().id() + " is left alone until it can be reached again: " + reason);
			this.listeners.forEach((listener) -> listener.ejected(pool));
		}
	}

	/**
	 * Gives work to an ejected replica again. Does nothing if it is not ejected.
	 * @param pool the pool of the replica
	 */
	public void readmit(NodePool pool) {
		if (change(pool, NodeState.UP, "reached again")) {
			logger.info("Node " + pool.node().id() + " is given work again");
		}
	}

	private synchronized boolean change(NodePool pool, NodeState state, String reason) {
		if (!this.replicas.contains(pool)) {
			return false;
		}
		List<NodeStatus> nodes = new ArrayList<>(this.snapshot.topology().nodes());
		int index = 1 + this.replicas.indexOf(pool);
		if (nodes.get(index).state() == state) {
			return false;
		}
		nodes.set(index, new NodeStatus(pool.node(), state, this.clock.instant(), reason));
		List<NodePool> available = this.replicas.stream()
			.filter((replica) -> nodes.get(1 + this.replicas.indexOf(replica)).state() == NodeState.UP)
			.toList();
		this.snapshot = new Snapshot(new Topology(this.cluster, nodes), available, List.copyOf(available));
		return true;
	}

	private record Snapshot(Topology topology, List<NodePool> available, List<ReplicaSelector.Candidate> candidates) {

	}

	/**
	 * Is told when a replica is ejected.
	 */
	@FunctionalInterface
	public interface EjectionListener {

		/**
		 * The given replica has been ejected. Must not block.
		 * @param pool the pool of the replica
		 */
		void ejected(NodePool pool);

	}

}
