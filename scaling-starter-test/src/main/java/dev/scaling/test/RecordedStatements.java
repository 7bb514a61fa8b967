package dev.scaling.test;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * The statements that applications under test execute while it is open, for assertions of
 * AssertJ: <pre class="code">
 * try (RecordedStatements recorded = RecordedStatements.start()) {
 * 	this.profiles.list(100);
 * 	assertThat(recorded).hasAtMost(2).ranOnReplicas();
 * }
 * </pre>
 * <p>
 * It sees what passes through the routed {@code DataSource} of every application whose
 * context the Spring TestContext Framework has made in this JVM, and needs no set-up
 * there. Statements of the library itself, such as its probes, are none of them, nor is
 * the control of transactions. A batch counts once, and what is prepared and not executed
 * does not count. Thread-safe.
 *
 * @since 0.1.0
 */
public final class RecordedStatements implements AssertProvider<RecordedStatementsAssert>, AutoCloseable {

	private static final int MAXIMUM = 100_000;

	private static final List<RecordedStatements> open = new CopyOnWriteArrayList<>();

	/**
	 * How many applications tell their statements.
	 */
	private static final AtomicInteger applications = new AtomicInteger();

	private final @Nullable Thread thread;

	private final ConcurrentLinkedQueue<RecordedStatement> statements = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	private RecordedStatements(@Nullable Thread thread) {
		this.thread = thread;
	}

	/**
	 * Starts to record the statements of all threads. Tests that run at the same time in
	 * the same JVM are seen, too: then use {@link #startInThread()}.
	 * @return the statements, to be closed
	 * @throws IllegalStateException if there is no application whose statements could be
	 * seen
	 */
	public static RecordedStatements start() {
		return start(null);
	}

	/**
	 * Starts to record the statements of the calling thread.
	 * @return the statements, to be closed
	 * @throws IllegalStateException if there is no application whose statements could be
	 * seen
	 */
	public static RecordedStatements startInThread() {
		return start(Thread.currentThread());
	}

	private static RecordedStatements start(@Nullable Thread thread) {
		if (applications.get() == 0) {
			throw new IllegalStateException("No application of this JVM has a routed DataSource whose statements can be"
					+ " recorded. Its context has to be that of a Spring test, such as @SpringBootTest, and"
					+ " 'scaling.primary' with 'scaling.replicas', or 'scaling.shards', have to be configured:"
					+ " @AutoConfigurePostgresCluster does so");
		}
		RecordedStatements statements = new RecordedStatements(thread);
		open.add(statements);
		return statements;
	}

	static void applicationStarted() {
		applications.incrementAndGet();
	}

	static void applicationStopped() {
		applications.decrementAndGet();
	}

	static boolean isAnyOpen() {
		return !open.isEmpty();
	}

	static void executed(RecordedStatement statement) {
		for (RecordedStatements statements : open) {
			if (statements.thread == null || statements.thread == Thread.currentThread()) {
				statements.add(statement);
			}
		}
	}

	private void add(RecordedStatement statement) {
		if (this.size.incrementAndGet() <= MAXIMUM) {
			this.statements.add(statement);
		}
	}

	/**
	 * What has been executed since the start, in the order of the ends.
	 * @return the statements, those that have failed included
	 * @throws IllegalStateException if there were more than 100000 of them, which are not
	 * kept
	 */
	public List<RecordedStatement> list() {
		if (this.size.get() > MAXIMUM) {
			throw new IllegalStateException("More than " + MAXIMUM
					+ " statements were executed since the start of the recording: record a smaller part of the test");
		}
		return List.copyOf(this.statements);
	}

	/**
	 * Assertions about what has been executed so far. It is more readable to call
	 * {@code assertThat(recorded)}.
	 * @return the assertions
	 */
	@Override
	public RecordedStatementsAssert assertThat() {
		return new RecordedStatementsAssert(list());
	}

	/**
	 * Stops to record. What was recorded stays.
	 */
	@Override
	public void close() {
		open.remove(this);
	}

	@Override
	public String toString() {
		return "Recorded statements " + this.statements;
	}

}
