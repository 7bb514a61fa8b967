package dev.scaling.starter.failover;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.scaling.NodeUnavailableException;
import dev.scaling.TransactionOutcomeUnknownException;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.Decision;
import dev.scaling.starter.consistency.Failures;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for replicas that are promoted: writes follow them without a restart, and the
 * former primary gets no more of them.
 */
class PromotionTests extends AbstractFailoverTests {

	private static final Log logger = LogFactory.getLog(PromotionTests.class);

	/**
	 * Threads that write all the time, as soon as they can.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 8 })
	void writesFollowThePromotedReplica(int threads) throws Exception {
		ClusterApplication application = start();
		AtomicBoolean stop = new AtomicBoolean();
		AtomicLong promoted = new AtomicLong(Long.MAX_VALUE);
		AtomicLong firstWrite = new AtomicLong(Long.MAX_VALUE);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<?>> writers = new ArrayList<>();
			for (int thread = 0; thread < threads; thread++) {
				writers.add(executor.submit(() -> {
					while (!stop.get()) {
						if (writes(application) && application.decisions().last().node().equals("replica-1")) {
							firstWrite.accumulateAndGet(System.nanoTime(), Math::min);
						}
					}
				}));
			}
			await().atMost(Duration.ofSeconds(10)).until(() -> Sql.number(this.primary, COUNT) > 100);
			this.primary.kill();
			this.replica1.promote();
			promoted.set(System.nanoTime());
			await().atMost(Duration.ofSeconds(20)).until(() -> firstWrite.get() < Long.MAX_VALUE);
			stop.set(true);
			for (Future<?> writer : writers) {
				writer.get(20, TimeUnit.SECONDS);
			}
		}
		finally {
			stop.set(true);
			executor.shutdownNow();
		}
		Duration delay = Duration.ofNanos(firstWrite.get() - promoted.get());
		logger.info("First write of " + threads + " threads " + delay.toMillis() + " ms after the promotion");
		assertThat(delay).isLessThan(Duration.ofSeconds(3));
		assertThat(application.topology().failovers()).isOne();
		assertThat(application.status("replica-1").role()).isEqualTo(NodeRole.PRIMARY);
		assertWritesGoTo(application, this.replica1);
	}

	private static boolean writes(ClusterApplication application) {
		try {
			insert(application, "name");
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	/**
	 * Until it follows the promoted one, the other replica shows the past.
	 */
	@Test
	void otherReplicaIsReadWhenItFollows() {
		ClusterApplication application = start();
		this.primary.kill();
		application.awaitState("primary", NodeState.UNREACHABLE);
		this.replica1.promote();
		ConsistencySession.open().run(() -> {
			insert(application, "name");
			assertThat(application.read(COUNT)).isOne();
		});
		application.awaitState("replica-2", NodeState.LAGGING);
		assertThat(application.status("replica-2").reason()).contains("timeline");
		this.replica2.follow();
		application.awaitState("replica-2", NodeState.UP);
		assertThat(application.read(COUNT)).isOne();
		assertThat(application.decisions().last().node()).isEqualTo("replica-2");
		this.primary.rejoin();
		application.awaitState("primary", NodeState.UP);
		assertThat(application.status("primary").role()).isEqualTo(NodeRole.REPLICA);
		awaitReadBy(application, "primary");
		assertWritesGoTo(application, this.replica1);
	}

	@Test
	void writesComeBackWithTheFormerPrimary() {
		ClusterApplication application = start();
		this.primary.kill();
		application.awaitState("primary", NodeState.UNREACHABLE);
		this.replica1.promote();
		assertWritesGoTo(application, this.replica1);
		this.primary.rejoin();
		this.replica1.kill();
		application.awaitState("replica-1", NodeState.UNREACHABLE);
		this.primary.promote();
		assertWritesGoTo(application, this.primary);
		assertThat(application.topology().failovers()).isEqualTo(2);
	}

	/**
	 * The server has the COMMIT in its socket when it is thawed, and executes it: what
	 * counts is that nobody was told so.
	 */
	@Test
	void commitThatAFrozenPrimaryKeepsIsOfUnknownOutcome() throws Exception {
		ClusterApplication application = start();
		CountDownLatch frozen = new CountDownLatch(1);
		CountDownLatch inserted = new CountDownLatch(1);
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<?> commit = executor.submit(() -> application.readWrite().executeWithoutResult((status) -> {
				application.jdbc().update("INSERT INTO entry (name) VALUES ('frozen')");
				inserted.countDown();
				awaitLatch(frozen);
			}));
			awaitLatch(inserted);
			this.primary.freeze();
			frozen.countDown();
			this.replica1.promote();
			Failures.assertFailure(TransactionOutcomeUnknownException.class, () -> commit.get(20, TimeUnit.SECONDS))
				.withMessageContainingAll("primary", "lost during the commit", "replica-1");
			assertWritesGoTo(application, this.replica1);
			this.primary.resume();
			application.awaitState("primary", NodeState.FENCED);
			assertThat(application.status("primary").reason()).contains("replica-1");
			long onDeposed = Sql.number(this.primary, COUNT);
			for (int i = 0; i < 50; i++) {
				insert(application, "later");
				assertThat(application.read(COUNT)).isEqualTo(i + 2);
			}
			assertThat(Sql.number(this.primary, COUNT)).isEqualTo(onDeposed);
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * A statement in auto-commit mode is a commit, too; one in a transaction is not.
	 */
	@Test
	void statementsThatAFrozenPrimaryKeepsFailWithWhatTheyAre() throws Exception {
		ClusterApplication application = start();
		insert(application, "warm");
		ExecutorService executor = Executors.newFixedThreadPool(2);
		CountDownLatch frozen = new CountDownLatch(1);
		CountDownLatch begun = new CountDownLatch(2);
		try {
			Future<?> transaction = executor.submit(() -> application.readWrite().executeWithoutResult((status) -> {
				application.number(COUNT);
				begun.countDown();
				awaitLatch(frozen);
				application.jdbc().update("INSERT INTO entry (name) VALUES ('transaction')");
			}));
			Future<?> autoCommit = executor.submit(() -> {
				try (Connection connection = application.dataSource().getConnection();
						Statement statement = connection.createStatement()) {
					statement.executeQuery(COUNT).close();
					begun.countDown();
					awaitLatch(frozen);
					return statement.executeUpdate("INSERT INTO entry (name) VALUES ('auto-commit')");
				}
			});
			awaitLatch(begun);
			this.primary.freeze();
			frozen.countDown();
			this.replica1.promote();
			Failures.assertFailure(TransactionOutcomeUnknownException.class, () -> autoCommit.get(20, TimeUnit.SECONDS))
				.withMessageContaining("primary");
			Failures.assertFailure(NodeUnavailableException.class, () -> transaction.get(20, TimeUnit.SECONDS))
				.withMessageContainingAll("primary", "was not committed");
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void promotedReplicaThatIsNotPromotableGetsNoWrites() {
		ClusterApplication application = start("scaling.replicas.replica-1.promotable=false");
		this.replica1.promote();
		application.awaitState("replica-1", NodeState.FENCED);
		assertThat(application.status("replica-1").reason()).contains("promotable");
		assertWritesGoTo(application, this.primary);
		for (int i = 0; i < 20; i++) {
			application.read(COUNT);
			assertThat(application.decisions().last().node()).isNotEqualTo("replica-1");
		}
	}

	/**
	 * Nobody tells the former primary: it runs, and takes whatever connects to it.
	 */
	@Test
	void runningPrimaryIsDeposedByThePromotion() {
		ClusterApplication application = start();
		insert(application, "before");
		this.cluster.awaitReplication();
		this.replica1.promote();
		application.awaitState("primary", NodeState.FENCED);
		long onDeposed = Sql.number(this.primary, COUNT);
		for (int i = 0; i < 20; i++) {
			assertWritesGoTo(application, this.replica1);
		}
		assertThat(Sql.number(this.primary, COUNT)).isEqualTo(onDeposed);
		application.decisions().clear();
		for (int i = 0; i < 20; i++) {
			application.read(COUNT);
		}
		assertThat(application.decisions().count((decision) -> decision.node().equals("primary"))).isZero();
	}

	/**
	 * A read-only transaction that runs on the replica while it is promoted goes on, and
	 * the connection is not used for the next one.
	 */
	@Test
	void readThatRunsDuringThePromotionGoesOn() {
		ClusterApplication application = start();
		insert(application, "before");
		this.cluster.awaitReplication();
		this.replica2.kill();
		application.awaitState("replica-2", NodeState.UNREACHABLE);
		ConsistencySession.open().run(() -> application.read(() -> {
			assertThat(application.number(IN_RECOVERY)).isOne();
			this.primary.kill();
			this.replica1.promote();
			application.awaitState("replica-1", NodeState.UP);
			await().atMost(Duration.ofSeconds(10))
				.until(() -> application.status("replica-1").role() == NodeRole.PRIMARY);
			assertThat(application.number(COUNT)).isOne();
			return null;
		}));
		assertWritesGoTo(application, this.replica1);
		assertThat(application.jdbc().queryForObject("SHOW transaction_read_only", String.class)).isEqualTo("off");
	}

	private static void awaitReadBy(ClusterApplication application, String node) {
		await().pollInSameThread().atMost(Duration.ofSeconds(10)).until(() -> {
			ConsistencySession.open().run(() -> application.read(COUNT));
			Decision last = application.decisions().last();
			return last.node().equals(node) && last.isReplica();
		});
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
