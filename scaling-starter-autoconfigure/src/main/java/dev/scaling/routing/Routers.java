package dev.scaling.routing;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import dev.scaling.CrossShardTransactionException;
import dev.scaling.RoutingContext;
import dev.scaling.ShardKeyException;
import dev.scaling.ShardLocation;
import dev.scaling.ShardMovedException;
import dev.scaling.ShardTarget;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The routers of all clusters: chooses the cluster that work belongs to, and keeps each
 * transaction and each connection on one. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Routers {

	private static final String CURES = "Run the second one in a transaction of its own (REQUIRES_NEW), split the"
			+ " transaction, or gather from all shards with Shards or @OnAllShards outside of it";

	/**
	 * How often a directory is asked about a key that moves.
	 */
	private static final long MOVE_INTERVAL = Duration.ofMillis(50).toNanos();

	private final Map<String, Router> routers = new LinkedHashMap<>();

	private final Router first;

	private final @Nullable ShardRouting sharding;

	private final @Nullable ShardLocation main;

	/**
	 * Creates the routers of an application with shards.
	 * @param routers the router of the application's own cluster, then the others
	 * @param sharding tells which shard work belongs to, or {@code null} if there is only
	 * one cluster
	 */
	public Routers(Collection<Router> routers, @Nullable ShardRouting sharding) {
		routers.forEach((router) -> this.routers.put(router.topology().cluster(), router));
		this.first = routers.iterator().next();
		this.sharding = sharding;
		this.main = this.routers.containsKey(Node.MAIN_CLUSTER) ? new ShardLocation(Node.MAIN_CLUSTER, null, null)
				: null;
	}

	/**
	 * The router of an application with one cluster.
	 * @param router the router
	 * @return the routers, never {@code null}
	 */
	public static Routers of(Router router) {
		return new Routers(List.of(router), null);
	}

	/**
	 * The router of the cluster {@code main}, or else of the first shard.
	 */
	Router first() {
		return this.first;
	}

	Collection<Router> all() {
		return this.routers.values();
	}

	boolean isSharded() {
		return this.sharding != null;
	}

	Router router(ShardBinding binding) {
		return Objects.requireNonNull(this.routers.get(binding.location().shard()));
	}

	/**
	 * Chooses the shard of a connection's next work.
	 * @param bound where the connection has been, or {@code null} if it is new
	 * @param transactional whether the work is a transaction
	 */
	ShardBinding route(@Nullable ShardBinding bound, boolean transactional) {
		boolean joins = transactional && TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive();
		ShardBinding transaction = joins ? boundToTransaction() : null;
		ShardBinding before = (bound != null) ? bound : transaction;
		ShardTarget target = target();
		if (before != null) {
			if (target != null) {
				check(before, target);
			}
			if (transaction != null && bound != null && !transaction.isAt(bound.location().shard())) {
				throw crossing(bound, transaction);
			}
		}
		ShardBinding binding = (before != null) ? before : new ShardBinding(locateWork(target), caller());
		if (joins && transaction == null) {
			binding.bind(this);
		}
		return binding;
	}

	/**
	 * Refuses work for another shard.
	 */
	void check(ShardBinding bound) {
		ShardTarget target = target();
		if (target != null) {
			check(bound, target);
		}
	}

	private void check(ShardBinding bound, ShardTarget target) {
		ShardLocation location = locate(target);
		if (!bound.isAt(location.shard())) {
			throw refused(bound, new ShardBinding(location, caller()));
		}
	}

	/**
	 * A method with a key begins. If it takes part in a transaction, that one stays with
	 * the key's shard from now on.
	 */
	void enter(ShardLocation location, String method, boolean joins) {
		if (!joins) {
			return;
		}
		ShardBinding bound = boundToTransaction();
		ShardBinding binding = new ShardBinding(location, method);
		if (bound == null) {
			binding.bind(this);
		}
		else if (!bound.isAt(location.shard())) {
			throw refused(bound, binding);
		}
	}

	private @Nullable ShardBinding boundToTransaction() {
		return (ShardBinding) TransactionSynchronizationManager.getResource(this);
	}

	private static @Nullable ShardTarget target() {
		RoutingContext context = RoutingContext.current();
		return (context != null) ? context.target() : null;
	}

	private ShardLocation locateWork(@Nullable ShardTarget explicit) {
		ShardRouting sharding = Objects.requireNonNull(this.sharding);
		ShardTarget target = (explicit != null) ? explicit : sharding.ambient();
		if (target != null) {
			return locate(sharding, target);
		}
		if (this.main == null) {
			throw new ShardKeyException("Work of " + caller() + " has no shard key, and there is no cluster 'main' for"
					+ " work without one: annotate a parameter with @ShardKey, name the key in a RoutingContext, or"
					+ " define a ShardKeyResolver. Other threads do not inherit the key of the thread that starts them");
		}
		return this.main;
	}

	/**
	 * Finds the shard of a target, and remembers it for the next statement.
	 */
	ShardLocation locate(ShardTarget target) {
		return locate(Objects.requireNonNull(this.sharding), target);
	}

	private ShardLocation locate(ShardRouting sharding, ShardTarget target) {
		RouteState state = RouteState.current();
		long version = sharding.version();
		ShardLocation location = state.location;
		if (location == null || state.target != target || state.locationVersion != version) {
			location = sharding.locate(target);
			if (!this.routers.containsKey(location.shard())) {
				throw new ShardKeyException("There is no shard '" + location.shard() + "' for " + target
						+ ": there are " + this.routers.keySet());
			}
			state.target = target;
			state.location = location;
			state.locationVersion = version;
		}
		return location;
	}

	/**
	 * A shard does not own a key any more.
	 */
	void forget(String keyspace, String key) {
		if (this.sharding != null) {
			this.sharding.forget(keyspace, key);
		}
	}

	/**
	 * Whether the key of a binding may move to another shard.
	 */
	boolean isMovable(ShardBinding binding) {
		String keyspace = binding.location().keyspace();
		return keyspace != null && binding.location().key() != null && this.sharding != null
				&& this.sharding.isMovable(keyspace);
	}

	/**
	 * Waits until a key has moved to another shard, for as long as for a primary.
	 * @return the binding to the shard that owns the key now, which is that of the
	 * current transaction, too, or {@code null} if it has not moved
	 */
	@Nullable ShardBinding follow(ShardBinding bound) {
		ShardRouting sharding = Objects.requireNonNull(this.sharding);
		String keyspace = Objects.requireNonNull(bound.location().keyspace());
		Object key = Objects.requireNonNull(bound.location().key());
		long deadline = System.nanoTime() + router(bound).failoverWait().toNanos();
		while (true) {
			ShardLocation location = sharding.locate(ShardTarget.ofKey(keyspace, key));
			if (!bound.isAt(location.shard())) {
				ShardBinding binding = new ShardBinding(location, bound.caller());
				if (boundToTransaction() != null) {
					binding.rebind(this);
				}
				return binding;
			}
			if (Thread.currentThread().isInterrupted() || System.nanoTime() - deadline > 0) {
				return null;
			}
			LockSupport.parkNanos(MOVE_INTERVAL);
			sharding.forget(keyspace, key.toString());
		}
	}

	private static String caller() {
		MethodRoute keyed = RouteState.current().keyed;
		if (keyed != null) {
			return keyed.name();
		}
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		return (name != null) ? name : "work without a name";
	}

	private static RuntimeException refused(ShardBinding bound, ShardBinding other) {
		ShardLocation before = bound.location();
		ShardLocation now = other.location();
		Object key = now.key();
		if (key == null || !key.equals(before.key()) || !Objects.equals(now.keyspace(), before.keyspace())) {
			return crossing(bound, other);
		}
		return new ShardMovedException(
				"Key '" + key + "' of keyspace '" + now.keyspace() + "' has moved from shard '" + before.shard()
						+ "' to '" + now.shard() + "' while the transaction of " + bound.caller()
						+ " worked with it: nothing of it was committed; repeat the transaction as a whole",
				now.keyspace(), key.toString(), now.shard(), null);
	}

	private static CrossShardTransactionException crossing(ShardBinding bound, ShardBinding other) {
		String transaction = TransactionSynchronizationManager.getCurrentTransactionName();
		String what = TransactionSynchronizationManager.isActualTransactionActive()
				? "The transaction" + ((transaction != null) ? " of " + transaction : "")
				: "The connection (of a persistence context, such as that of an open-in-view request)";
		return new CrossShardTransactionException(
				what + " works on " + bound + ", and cannot work on " + other + ". " + CURES);
	}

}
