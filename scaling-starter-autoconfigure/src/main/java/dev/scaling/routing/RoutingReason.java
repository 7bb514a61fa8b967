package dev.scaling.routing;

import java.util.Locale;

import dev.scaling.Access;

/**
 * Why work went where it went. The set is closed: each routing decision has exactly one
 * of these reasons.
 *
 * @since 0.1.0
 */
public enum RoutingReason {

	/**
	 * A read-only transaction, or work that asked for a read-only connection.
	 */
	READ_ONLY(Access.READ, true),

	/**
	 * A read-write transaction.
	 */
	READ_WRITE(Access.WRITE, false),

	/**
	 * Work outside of a transaction that nobody called read-only.
	 */
	NON_TRANSACTIONAL(Access.WRITE, false),

	/**
	 * Work outside of a transaction where {@code scaling.routing.non-transactional} is
	 * {@code replica}.
	 */
	NON_TRANSACTIONAL_READ(Access.READ, true),

	/**
	 * Work outside of a transaction in a block of {@code RoutingContext.read()}.
	 */
	EXPLICIT_READ(Access.READ, true),

	/**
	 * Work outside of a transaction in a block of {@code RoutingContext.write()}.
	 */
	EXPLICIT_WRITE(Access.WRITE, false),

	/**
	 * Read-only work, in a transaction or not, in a block of
	 * {@code RoutingContext.write()}.
	 */
	EXPLICIT_PRIMARY(Access.READ, false),

	/**
	 * Lazy loading after a read-only transaction of the same connection, as with
	 * open-in-view.
	 */
	LAZY_LOADING(Access.READ, true),

	/**
	 * A serializable read-only transaction, which PostgreSQL does not run on replicas.
	 */
	SERIALIZABLE(Access.READ, false),

	/**
	 * A read on a shard that has no replicas.
	 */
	NO_REPLICAS(Access.READ, false),

	/**
	 * A read that no replica could serve.
	 */
	REPLICAS_UNAVAILABLE(Access.READ, false),

	/**
	 * A read whose session has written or seen what no replica has replayed.
	 */
	SESSION_CONSISTENCY(Access.READ, false),

	/**
	 * A read that asked for strong consistency.
	 */
	STRONG_CONSISTENCY(Access.READ, false),

	/**
	 * A read for which every replica may be staler than it allows.
	 */
	BOUNDED_STALENESS(Access.READ, false),

	/**
	 * A read while all replicas lag, where {@code scaling.routing.when-all-lag} is
	 * {@code primary}.
	 */
	REPLICAS_LAGGING(Access.READ, false),

	/**
	 * A read while all replicas lag, where {@code scaling.routing.when-all-lag} is
	 * {@code stale}, or where no primary has been seen that they could lag behind.
	 */
	STALE_READ(Access.READ, true),

	/**
	 * The last attempt of a read that is repeated after its nodes have failed.
	 */
	READ_RETRY(Access.READ, false),

	/**
	 * A transaction on a connection that stays with its node, because it carries session
	 * state or has been unwrapped.
	 */
	PINNED(Access.WRITE, false);

	private final Access access;

	private final boolean replica;

	private final String tag;

	RoutingReason(Access access, boolean replica) {
		this.access = access;
		this.replica = replica;
		this.tag = name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * What the work does to the data.
	 * @return the access, never {@code null}
	 */
	public Access access() {
		return this.access;
	}

	/**
	 * Whether a replica may serve the work.
	 * @return {@code true} for a replica, {@code false} for the primary
	 */
	public boolean isReplica() {
		return this.replica;
	}

	/**
	 * Name of the reason in meters and endpoints, such as {@code read-only}.
	 * @return the name in lower case with hyphens
	 */
	public String tag() {
		return this.tag;
	}

}
