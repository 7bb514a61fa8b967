package dev.scaling;

import java.time.Duration;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

import org.springframework.core.NamedThreadLocal;
import org.springframework.util.Assert;

/**
 * Says in code where the work of a block goes, for users who do not like annotations and
 * for work outside of transactions: <pre class="code">
 * List&lt;Product&gt; products = RoutingContext.read().call(() -&gt; repository.search(text));
 * RoutingContext.write().run(() -&gt; report.readAgainFromThePrimary());
 * </pre>
 * <p>
 * A transaction's own attribute still decides for its work: {@link #read()} applies to
 * work outside of a transaction, and never makes a read-write transaction a read-only
 * one. {@link #write()} also applies to read-only transactions that start within its
 * block: they read from the primary, and stay read-only. The innermost block wins. A
 * transaction that has already used its connection stays on its node.
 * <p>
 * A context belongs to the thread that runs the block; other threads do not inherit it,
 * unless Micrometer's context propagation carries it: see
 * {@link RoutingContextThreadLocalAccessor}. Instances are immutable and may be shared.
 *
 * @since 0.1.0
 */
public final class RoutingContext {

	private static final RoutingContext READ = new RoutingContext(Access.READ, null, Duration.ZERO, null);

	private static final RoutingContext WRITE = new RoutingContext(Access.WRITE, null, Duration.ZERO, null);

	private static final ThreadLocal<@Nullable RoutingContext> current = new NamedThreadLocal<>("Routing context");

	private final @Nullable Access access;

	private final @Nullable ConsistencyLevel consistency;

	private final Duration maxStaleness;

	private final @Nullable ShardTarget target;

	private RoutingContext(@Nullable Access access, @Nullable ConsistencyLevel consistency, Duration maxStaleness,
			@Nullable ShardTarget target) {
		this.access = access;
		this.consistency = consistency;
		this.maxStaleness = maxStaleness;
		this.target = target;
	}

	/**
	 * Returns a context whose work outside of transactions may be served by a replica.
	 * @return the context, never {@code null}
	 */
	public static RoutingContext read() {
		return READ;
	}

	/**
	 * Returns a context whose work is served by the primary.
	 * @return the context, never {@code null}
	 */
	public static RoutingContext write() {
		return WRITE;
	}

	/**
	 * Returns a context whose work runs on a shard.
	 * @param target the key or the shard
	 * @return the context, never {@code null}
	 */
	public static RoutingContext at(ShardTarget target) {
		Assert.notNull(target, "'target' must not be null");
		return new RoutingContext(null, null, Duration.ZERO, target);
	}

	/**
	 * Returns a context whose work runs on the shard that owns a key of the only
	 * keyspace.
	 * @param key the key, must not be {@code null}
	 * @return the context, never {@code null}
	 */
	public static RoutingContext atKey(Object key) {
		return at(ShardTarget.ofKey(key));
	}

	/**
	 * Returns a context whose work runs on the shard that owns a key.
	 * @param keyspace the keyspace of the key
	 * @param key the key, must not be {@code null}
	 * @return the context, never {@code null}
	 */
	public static RoutingContext atKey(String keyspace, Object key) {
		return at(ShardTarget.ofKey(keyspace, key));
	}

	/**
	 * Returns a context whose work runs on a shard.
	 * @param shard the name of the shard, or {@code main}
	 * @return the context, never {@code null}
	 */
	public static RoutingContext onShard(String shard) {
		return at(ShardTarget.ofShard(shard));
	}

	/**
	 * Returns what applies to the work of the current thread: the context of the
	 * innermost block, with what it leaves open taken from those around it.
	 * @return the context, or {@code null} outside of any block
	 */
	public static @Nullable RoutingContext current() {
		return current.get();
	}

	/**
	 * Makes a context that comes from another thread the only one of this thread.
	 */
	static void set(@Nullable RoutingContext context) {
		if (context != null) {
			current.set(context);
		}
		else {
			current.remove();
		}
	}

	/**
	 * What the work of this context does to the data.
	 * @return the access, or {@code null} if the transactions decide
	 */
	public @Nullable Access access() {
		return this.access;
	}

	/**
	 * Returns a context like this one whose reads are as fresh as the given level says,
	 * whatever {@link ReadConsistency} the methods have that run in it.
	 * @param consistency the level, other than {@link ConsistencyLevel#BOUNDED}
	 * @return the context, never {@code null}
	 */
	public RoutingContext withConsistency(ConsistencyLevel consistency) {
		Assert.notNull(consistency, "'consistency' must not be null");
		Assert.isTrue(consistency != ConsistencyLevel.BOUNDED, "BOUNDED needs a bound: use withMaxStaleness");
		return new RoutingContext(this.access, consistency, Duration.ZERO, this.target);
	}

	/**
	 * Returns a context like this one whose reads may be stale by the given time, as with
	 * {@link ConsistencyLevel#BOUNDED}.
	 * @param maxStaleness the time, must be positive
	 * @return the context, never {@code null}
	 */
	public RoutingContext withMaxStaleness(Duration maxStaleness) {
		Assert.isTrue(maxStaleness.compareTo(Duration.ZERO) > 0, "'maxStaleness' must be positive");
		return new RoutingContext(this.access, ConsistencyLevel.BOUNDED, maxStaleness, this.target);
	}

	/**
	 * How fresh the reads of this context have to be.
	 * @return the level, or {@code null} if the methods and the configuration decide
	 */
	public @Nullable ConsistencyLevel consistency() {
		return this.consistency;
	}

	/**
	 * How stale the reads of this context may be.
	 * @return the time, zero unless the level is {@link ConsistencyLevel#BOUNDED}
	 */
	public Duration maxStaleness() {
		return this.maxStaleness;
	}

	/**
	 * Which shard the work of this context runs on.
	 * @return the target, or {@code null} if the context does not say
	 */
	public @Nullable ShardTarget target() {
		return this.target;
	}

	/**
	 * Runs the given work in this context.
	 * @param work the work, must not be {@code null}
	 */
	public void run(Runnable work) {
		Assert.notNull(work, "'work' must not be null");
		RoutingContext outer = enter();
		try {
			work.run();
		}
		finally {
			set(outer);
		}
	}

	/**
	 * Runs the given work in this context and returns its result.
	 * @param work the work, must not be {@code null}
	 * @param <T> the type of the result
	 * @param <E> the type of the exception that the work may throw
	 * @return the result of the work, can be {@code null}
	 * @throws E if the work throws it
	 */
	public <T extends @Nullable Object, E extends Exception> T call(Work<T, E> work) throws E {
		Assert.notNull(work, "'work' must not be null");
		RoutingContext outer = enter();
		try {
			return work.call();
		}
		finally {
			set(outer);
		}
	}

	/**
	 * Makes this context the current one of the calling thread, where {@link #run} cannot
	 * be called because begin and end of the work are told apart.
	 * @return the scope of the context, which has to be closed by the same thread
	 */
	public Scope makeCurrent() {
		RoutingContext outer = enter();
		return () -> set(outer);
	}

	private @Nullable RoutingContext enter() {
		RoutingContext outer = current.get();
		current.set((outer != null) ? within(outer) : this);
		return outer;
	}

	private RoutingContext within(RoutingContext outer) {
		if ((this.access != null || outer.access == null) && (this.consistency != null || outer.consistency == null)
				&& (this.target != null || outer.target == null)) {
			return this;
		}
		boolean consistency = this.consistency != null;
		return new RoutingContext((this.access != null) ? this.access : outer.access,
				consistency ? this.consistency : outer.consistency,
				consistency ? this.maxStaleness : outer.maxStaleness,
				(this.target != null) ? this.target : outer.target);
	}

	@Override
	public String toString() {
		StringJoiner parts = new StringJoiner(", ", "RoutingContext[", "]");
		if (this.access != null) {
			parts.add(this.access.toString());
		}
		if (this.consistency != null) {
			parts.add(this.consistency + (this.maxStaleness.isZero() ? "" : " " + this.maxStaleness));
		}
		if (this.target != null) {
			parts.add(this.target.toString());
		}
		return parts.toString();
	}

	/**
	 * Time in which a context is the current one.
	 */
	@FunctionalInterface
	public interface Scope extends AutoCloseable {

		/**
		 * Ends the scope, and goes back to the context around it.
		 */
		@Override
		void close();

	}

	/**
	 * Work that returns a result.
	 *
	 * @param <T> the type of the result
	 * @param <E> the type of the exception that the work may throw
	 */
	@FunctionalInterface
	public interface Work<T extends @Nullable Object, E extends Exception> {

		/**
		 * Does the work.
		 * @return the result, can be {@code null}
		 * @throws E if the work fails
		 */
		T call() throws E;

	}

}
