package dev.scaling.sharding;

import java.util.List;

import dev.scaling.CrossShardTransactionException;
import dev.scaling.RoutingContext;
import dev.scaling.RoutingContext.Work;
import dev.scaling.ShardWork;
import dev.scaling.consistency.ConsistencySession;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NamedThreadLocal;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * What the branches of work on many shards take over from their caller: its session, its
 * routing context and, where Micrometer's context propagation is there, everything that
 * it carries.
 */
final class GatherContext {

	private static final boolean propagationPresent = ClassUtils
		.isPresent("io.micrometer.context.ContextSnapshotFactory", GatherContext.class.getClassLoader());

	private static final ThreadLocal<@Nullable String> place = new NamedThreadLocal<>("Place in a gather");

	private final ConsistencySession session = ConsistencySession.current();

	private final @Nullable RoutingContext routing = RoutingContext.current();

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final @Nullable Object propagated = propagationPresent ? Propagation.capture() : null;

	private GatherContext() {
	}

	/**
	 * Captures the context of the calling thread.
	 * @throws IllegalStateException inside of other work on many shards
	 * @throws CrossShardTransactionException inside of a read-write transaction
	 */
	static GatherContext capture(List<String> shards) {
		String outer = place.get();
		if (outer != null) {
			throw new IllegalStateException("A gather on " + shards + " was started in " + outer
					+ " of another gather. Its branches would hold connections while they wait for those of this one."
					+ " Gather before and hand the result over; or, if only the branch's own shard is meant, do the"
					+ " work directly: it runs on that shard already");
		}
		if (TransactionSynchronizationManager.isActualTransactionActive()
				&& !TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			throw new CrossShardTransactionException("A gather on " + shards + " was started in the read-write"
					+ " transaction '" + TransactionSynchronizationManager.getCurrentTransactionName()
					+ "'. Each shard's work has a transaction of its own: it would not see what this one has written,"
					+ " and would not be rolled back with it. Gather before the transaction begins or after it has"
					+ " ended; or call the gather through a bean's method with @Transactional(propagation ="
					+ " NOT_SUPPORTED); or, if the transaction only reads, make it readOnly");
		}
		return new GatherContext();
	}

	/**
	 * Calls work on a shard in this context.
	 */
	<T extends @Nullable Object> T call(String shard, ShardWork<? extends T> work) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader outer = thread.getContextClassLoader();
		thread.setContextClassLoader(this.classLoader);
		try (AutoCloseable scope = (this.propagated != null) ? Propagation.restore(this.propagated) : null) {
			return GatherContext.<T, Exception>callIn("the branch on " + shard, () -> this.session.<T, Exception>call(
					() -> route(() -> RoutingContext.onShard(shard).<T, Exception>call(() -> work.call(shard)))));
		}
		finally {
			thread.setContextClassLoader(outer);
		}
	}

	private <T extends @Nullable Object> T route(Work<T, Exception> work) throws Exception {
		return (this.routing != null) ? this.routing.call(work) : work.call();
	}

	/**
	 * Calls work that must not start a gather itself.
	 */
	static <T extends @Nullable Object, E extends Exception> T callIn(String name, Work<T, E> work) throws E {
		place.set(name);
		try {
			return work.call();
		}
		finally {
			place.remove();
		}
	}

	/**
	 * Micrometer's context propagation, which is optional.
	 */
	private static final class Propagation {

		private static final ContextSnapshotFactory factory = ContextSnapshotFactory.builder().build();

		private Propagation() {
		}

		static Object capture() {
			return factory.captureAll();
		}

		static AutoCloseable restore(Object snapshot) {
			return ((ContextSnapshot) snapshot).setThreadLocals();
		}

	}

}
