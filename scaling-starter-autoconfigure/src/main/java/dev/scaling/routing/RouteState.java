package dev.scaling.routing;

import dev.scaling.Access;
import dev.scaling.ShardLocation;
import dev.scaling.ShardTarget;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NamedThreadLocal;

/**
 * What a thread knows about the route of its work before its transaction has told it.
 * <p>
 * There is one mutable instance a thread, so that a call costs one look-up and allocates
 * nothing; whoever sets a field puts its old value back.
 */
final class RouteState {

	private static final ThreadLocal<RouteState> current = NamedThreadLocal.withInitial("Route", RouteState::new);

	/**
	 * Intent of the transaction that is just beginning: from {@code beforeBegin} until
	 * {@code afterBegin}.
	 */
	@Nullable Access beginning;

	/**
	 * The innermost method with a transaction attribute that a new transaction, or none
	 * at all, belongs to.
	 */
	@Nullable MethodRoute method;

	/**
	 * How fresh the innermost method that says so wants its reads, or {@code null}.
	 */
	@Nullable Freshness freshness;

	/**
	 * The node on which a read has failed that is being repeated, or {@code null}.
	 */
	@Nullable NodePool avoided;

	/**
	 * Why reads of a repeated method go to the primary, or {@code null} if they do not.
	 */
	@Nullable RoutingReason forcedReason;

	/**
	 * The node that has last served a read of the method that may be repeated.
	 */
	@Nullable NodePool last;

	/**
	 * The innermost method with a shard key, or {@code null}.
	 */
	@Nullable MethodRoute keyed;

	/**
	 * The work of another thread that this one does, or {@code null}.
	 */
	@Nullable DelegatedWork work;

	/**
	 * The target that was located last, and where it is.
	 */
	@Nullable ShardTarget target;

	@Nullable ShardLocation location;

	/**
	 * The version of the mapping that told the location.
	 */
	long locationVersion;

	static RouteState current() {
		return current.get();
	}

}
