package dev.scaling.consistency;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import dev.scaling.RoutingContext.Work;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NamedThreadLocal;
import org.springframework.util.Assert;

/**
 * Unit of work that reads its own writes and never sees time run backwards: an HTTP
 * request, or the work of a thread where nobody has opened a session.
 * <p>
 * A session follows its work to other threads by Micrometer's context propagation or by
 * {@link #run}, and leaves the process as a {@link ConsistencyToken}. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ConsistencySession {

	private static final ThreadLocal<@Nullable ConsistencySession> current = new NamedThreadLocal<>(
			"Consistency session");

	private final Supplier<? extends Collection<? extends ClusterPositions>> clusters;

	private final List<SessionPosition> positions = new CopyOnWriteArrayList<>();

	private final Map<String, Received> received = new LinkedHashMap<>();

	private volatile @Nullable SessionPosition first;

	private volatile boolean written;

	private volatile boolean writtenItself;

	private volatile @Nullable Runnable listener;

	/**
	 * Whether something has been written that no position knows of.
	 */
	private boolean writtenElsewhere;

	private ConsistencySession(Supplier<? extends Collection<? extends ClusterPositions>> clusters) {
		this.clusters = clusters;
	}

	/**
	 * Returns the session of the current thread: the one that runs, or else the thread's
	 * own, which is made if need be.
	 * @return the session, never {@code null}
	 */
	public static ConsistencySession current() {
		ConsistencySession session = current.get();
		if (session == null) {
			session = open();
			current.set(session);
		}
		return session;
	}

	/**
	 * Opens a session that has neither written nor seen anything. It becomes the current
	 * one in {@link #run} and {@link #call}.
	 * @return the session, never {@code null}
	 */
	public static ConsistencySession open() {
		return new ConsistencySession(List::of);
	}

	/**
	 * Opens a session that goes on where another one was.
	 * @param token the token of the other session, must not be {@code null}
	 * @return the session, never {@code null}
	 */
	public static ConsistencySession open(ConsistencyToken token) {
		ConsistencySession session = open();
		session.apply(token);
		return session;
	}

	/**
	 * Opens a session whose position is carried out of the process, so that its
	 * transactions read their exact position with the commit.
	 * @param clusters all clusters
	 * @return the session, never {@code null}
	 */
	public static ConsistencySession openCarried(Supplier<? extends Collection<? extends ClusterPositions>> clusters) {
		ConsistencySession session = new ConsistencySession(clusters);
		session.listener = () -> {
		};
		return session;
	}

	/**
	 * Sets who is told when the session has come further. Called by the thread that did
	 * the work, before it knows itself.
	 * @param listener the listener; must not throw
	 */
	public void onAdvance(Runnable listener) {
		this.listener = listener;
	}

	/**
	 * Runs the given work in this session.
	 * @param work the work, must not be {@code null}
	 */
	public void run(Runnable work) {
		Assert.notNull(work, "'work' must not be null");
		ConsistencySession outer = enter();
		try {
			work.run();
		}
		finally {
			leave(outer);
		}
	}

	/**
	 * Runs the given work in this session and returns its result.
	 * @param work the work, must not be {@code null}
	 * @param <T> the type of the result
	 * @param <E> the type of the exception that the work may throw
	 * @return the result of the work, can be {@code null}
	 * @throws E if the work throws it
	 */
	public <T extends @Nullable Object, E extends Exception> T call(Work<T, E> work) throws E {
		Assert.notNull(work, "'work' must not be null");
		ConsistencySession outer = enter();
		try {
			return work.call();
		}
		finally {
			leave(outer);
		}
	}

	/**
	 * Makes this session the current one of the calling thread, where {@link #run} cannot
	 * be called because begin and end of the work are told apart.
	 * @return the scope of the session, which has to be closed by the same thread
	 */
	public Scope makeCurrent() {
		ConsistencySession outer = enter();
		return () -> leave(outer);
	}

	private @Nullable ConsistencySession enter() {
		ConsistencySession outer = current.get();
		current.set(this);
		return outer;
	}

	private static void leave(@Nullable ConsistencySession outer) {
		set(outer);
	}

	static @Nullable ConsistencySession currentOrNull() {
		return current.get();
	}

	static void set(@Nullable ConsistencySession session) {
		if (session != null) {
			current.set(session);
		}
		else {
			current.remove();
		}
	}

	/**
	 * Says that the session has written something which did not pass through the
	 * application's DataSource, such as by another service. Later reads of the session
	 * see it, provided that it has been committed.
	 */
	public void markWrite() {
		Collection<? extends ClusterPositions> clusters = this.clusters.get();
		synchronized (this) {
			written();
			this.writtenElsewhere = true;
			for (ClusterPositions cluster : clusters) {
				position(cluster);
			}
		}
		this.positions.forEach(SessionPosition::wrote);
	}

	/**
	 * Goes on where another session was, in addition to what this one has done.
	 * @param token the token of the other session, must not be {@code null}
	 */
	public void apply(ConsistencyToken token) {
		Assert.notNull(token, "'token' must not be null");
		if (token.isEmpty()) {
			return;
		}
		synchronized (this) {
			Collection<? extends ClusterPositions> clusters = this.clusters.get();
			for (ConsistencyToken.Position position : token.positions()) {
				Received received = new Received(position, token.issued());
				this.received.merge(position.key(), received, Received::later);
				this.positions.forEach(received::applyTo);
				if (clusters.isEmpty() || clusters.stream().anyMatch(received::counts)) {
					this.written = true;
				}
			}
		}
	}

	/**
	 * The token of this session. A position that is not known exactly is asked of the
	 * primary, and left unknown if that does not answer, which sends the reads of whoever
	 * gets the token to the primary.
	 * @return the token, empty if the session has done nothing
	 */
	public ConsistencyToken token() {
		return token(true);
	}

	/**
	 * The token of this session.
	 * @param ask whether to ask the primary for a position that is not known exactly
	 * @return the token, empty if the session has done nothing
	 */
	public ConsistencyToken token(boolean ask) {
		Map<String, ConsistencyToken.Position> token = new LinkedHashMap<>();
		List<ClusterPositions> exported = new ArrayList<>();
		for (SessionPosition position : this.positions) {
			exported.add(position.cluster());
			add(token, position.export(ask));
		}
		synchronized (this) {
			Collection<? extends ClusterPositions> clusters = this.clusters.get();
			boolean all = this.writtenElsewhere;
			for (Received received : this.received.values()) {
				if (!clusters.isEmpty() && clusters.stream().allMatch(received::isExpired)) {
					continue;
				}
				if (received.position().isOfAll()) {
					all = true;
				}
				else if (exported.stream().noneMatch(received.position()::isOf)) {
					add(token, received.position());
				}
			}
			if (all && clusters.isEmpty()) {
				add(token, ConsistencyToken.Position.all());
			}
			else if (all) {
				clusters.stream()
					.filter((cluster) -> !exported.contains(cluster))
					.forEach((cluster) -> add(token, ConsistencyToken.Position.unknown(cluster)));
			}
		}
		return ConsistencyToken.of(Clock.systemUTC().instant(), List.copyOf(token.values()));
	}

	private static void add(Map<String, ConsistencyToken.Position> token,
			ConsistencyToken.@Nullable Position position) {
		if (position != null) {
			token.merge(position.key(), position, ConsistencyToken.Position::later);
		}
	}

	/**
	 * Whether the session has written, or goes on where one was that has.
	 * @return {@code true} if it has
	 */
	public boolean hasWritten() {
		return this.written;
	}

	/**
	 * Whether the session has written, other than those that it goes on from.
	 * @return {@code true} if it has
	 */
	public boolean hasWrittenItself() {
		return this.writtenItself;
	}

	boolean isCarried() {
		return this.listener != null;
	}

	/**
	 * How far this session has come in a cluster.
	 * @param cluster the cluster
	 * @return the position, never {@code null}
	 */
	public SessionPosition position(ClusterPositions cluster) {
		SessionPosition first = this.first;
		return (first != null && first.cluster() == cluster) ? first : obtainPosition(cluster);
	}

	private synchronized SessionPosition obtainPosition(ClusterPositions cluster) {
		for (SessionPosition position : this.positions) {
			if (position.cluster() == cluster) {
				return position;
			}
		}
		this.positions.removeIf((position) -> position.cluster().isClosed());
		SessionPosition position = new SessionPosition(this, cluster);
		if (this.writtenElsewhere) {
			position.assumeWritten();
		}
		this.received.values().forEach((received) -> received.applyTo(position));
		this.positions.add(position);
		if (this.positions.size() == 1) {
			this.first = position;
		}
		return position;
	}

	void advanced() {
		Runnable listener = this.listener;
		if (listener != null) {
			listener.run();
		}
	}

	void written() {
		this.writtenItself = true;
		this.written = true;
	}

	@Override
	public String toString() {
		return "Consistency session " + this.positions;
	}

	/**
	 * Where a session is the current one.
	 *
	 * @since 0.1.0
	 */
	@FunctionalInterface
	public interface Scope extends AutoCloseable {

		/**
		 * Gives the thread back the session that it had before.
		 */
		@Override
		void close();

	}

	/**
	 * A position that came with a token.
	 *
	 * @param position the position
	 * @param issued when the token was made
	 */
	private record Received(ConsistencyToken.Position position, Instant issued) {

		Received later(Received other) {
			return new Received(this.position.later(other.position()),
					this.issued.isAfter(other.issued()) ? this.issued : other.issued());
		}

		/**
		 * Whether the position may tell something about the cluster.
		 */
		boolean counts(ClusterPositions cluster) {
			return this.position.mayBeOf(cluster) && !isExpired(cluster);
		}

		boolean isExpired(ClusterPositions cluster) {
			return age().compareTo(cluster.tokenTtl()) >= 0;
		}

		void applyTo(SessionPosition target) {
			if (counts(target.cluster())) {
				target.apply(this.position, age().toNanos());
			}
		}

		private Duration age() {
			Duration age = Duration.between(this.issued, Clock.systemUTC().instant());
			return age.isNegative() ? Duration.ZERO : age;
		}

	}

}
