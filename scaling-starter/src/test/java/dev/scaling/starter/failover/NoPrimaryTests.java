package dev.scaling.starter.failover;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingReason;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.Decision;
import dev.scaling.starter.consistency.Failures;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for clusters that nobody can write to: what callers see.
 */
class NoPrimaryTests extends AbstractFailoverTests {

	private static final String SHORT_WAIT = "scaling.failover.wait=1s";

	@AfterEach
	void makeWritable() {
		if (this.primary.isRunning()) {
			Sql.execute(this.primary, "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
		}
	}

	@Test
	void readsGoOnAndWritesSayWhichNodesThereAre() {
		ClusterApplication application = start(SHORT_WAIT);
		this.primary.kill();
		application.awaitState("primary", NodeState.UNREACHABLE);
		for (int i = 0; i < 100; i++) {
			assertThat(application.read(COUNT)).isZero();
			assertThat(application.decisions().last().isReplica()).isTrue();
		}
		long start = System.nanoTime();
		Failures.assertUnavailable(() -> insert(application, "name"))
			.withMessageContainingAll("write work", "no primary that can be used", "waited 1000 ms",
					"scaling.failover.wait", "primary (primary) is unreachable", "replica-1 (replica) is up",
					"replica-2 (replica) is up");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(900),
				Duration.ofSeconds(3));
	}

	/**
	 * A session that has written just before reads its write or fails: it never goes
	 * back.
	 */
	@Test
	void readsOfASessionThatHasJustWrittenWaitForTheNextPrimary() throws Exception {
		ClusterApplication application = start();
		this.cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofSeconds(3)));
		ConsistencySession session = ConsistencySession.open();
		session.run(() -> insert(application, "mine"));
		await().atMost(Duration.ofSeconds(10))
			.until(() -> Sql.number(this.replica1,
					"SELECT (pg_last_wal_receive_lsn() >= '" + flushed() + "'::pg_lsn)::int") == 1);
		this.primary.kill();
		application.awaitState("primary", NodeState.UNREACHABLE);
		CompletableFuture<Long> read = CompletableFuture.supplyAsync(() -> session.call(() -> application.read(COUNT)));
		this.replica1.promote();
		assertThat(read.get(20, TimeUnit.SECONDS)).isOne();
	}

	private String flushed() {
		long position = Sql.number(this.primary, "SELECT pg_current_wal_flush_lsn() - '0/0'");
		return Long.toHexString(position >>> 32) + "/" + Long.toHexString(position & 0xFFFFFFFFL);
	}

	@Test
	void writesThatWaitGoOnWithTheNextPrimary() throws Exception {
		ClusterApplication application = start();
		this.primary.kill();
		application.awaitState("primary", NodeState.UNREACHABLE);
		CompletableFuture<Void> write = CompletableFuture.runAsync(() -> insert(application, "patient"));
		this.replica1.promote();
		write.get(20, TimeUnit.SECONDS);
		assertThat(Sql.number(this.replica1, COUNT)).isOne();
	}

	@Test
	void primaryThatComesBackTakesWritesAgain() {
		ClusterApplication application = start();
		insert(application, "before");
		this.primary.kill();
		application.awaitState("primary", NodeState.UNREACHABLE);
		this.primary.start();
		assertWritesGoTo(application, this.primary);
		application.awaitAllUp();
		assertThat(application.topology().failovers()).isZero();
	}

	@Test
	void nobodyWritesToTwoPrimariesOfOneTimeline() {
		ClusterApplication application = start(SHORT_WAIT);
		this.primary.kill();
		application.awaitState("primary", NodeState.UNREACHABLE);
		this.replica1.promote();
		this.replica2.promote();
		application.awaitState("replica-1", NodeState.FENCED);
		application.awaitState("replica-2", NodeState.FENCED);
		Failures.assertUnavailable(() -> insert(application, "name"))
			.withMessageContainingAll("two primaries", "replica-1", this.replica1.jdbcUrl(), "replica-2",
					this.replica2.jdbcUrl(), "timeline");
		Failures.assertUnavailable(() -> application.read(COUNT)).withMessageContaining("two primaries");
		assertThat(Sql.number(this.replica1, COUNT)).isZero();
		assertThat(Sql.number(this.replica2, COUNT)).isZero();
		this.replica1.rejoin();
		assertWritesGoTo(application, this.replica2);
	}

	@Test
	void primaryThatRefusesToWriteCountsAsNone() {
		ClusterApplication application = start(SHORT_WAIT);
		Sql.execute(this.primary, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
		await().atMost(Duration.ofSeconds(10)).until(() -> application.status("primary").reason() != null);
		Failures.assertUnavailable(() -> insert(application, "name"))
			.withMessageContainingAll("default_transaction_read_only", "waited 1000 ms");
		this.cluster.replicas().forEach((replica) -> replica.pauseReplay());
		ConsistencySession.open().run(() -> {
			application.readOnly().executeWithoutResult((status) -> application.number(COUNT));
			assertThat(application.read(COUNT)).isZero();
		});
		this.cluster.replicas().forEach((replica) -> replica.kill());
		await().pollInSameThread().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
			application.read(COUNT);
			return application.decisions().last().equals(new Decision("primary", RoutingReason.REPLICAS_UNAVAILABLE));
		});
		Sql.execute(this.primary, "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
		assertWritesGoTo(application, this.primary);
	}

	@Test
	void nothingWorksWithoutAnyNodeAndEverythingWhenTheyAreBack() {
		ClusterApplication application = start(SHORT_WAIT);
		insert(application, "before");
		this.cluster.nodes().forEach((node) -> node.kill());
		application.topology()
			.current()
			.nodes()
			.forEach((status) -> application.awaitState(status.node().id(), NodeState.UNREACHABLE));
		Failures.assertUnavailable(() -> application.read(COUNT))
			.withMessageContainingAll("read work", "primary (primary) is unreachable",
					"replica-1 (replica) is unreachable", "replica-2 (replica) is unreachable");
		Failures.assertUnavailable(() -> insert(application, "name"))
			.withMessageContainingAll("write work", "primary (primary) is unreachable",
					"replica-1 (replica) is unreachable", "replica-2 (replica) is unreachable");
		this.cluster.nodes().forEach((node) -> node.start());
		application.awaitAllUp();
		assertWritesGoTo(application, this.primary);
		assertThat(application.read(COUNT)).isEqualTo(2);
	}

	/**
	 * One slow answer takes nothing away.
	 */
	@Test
	void primaryThatHangsForAMomentStaysThePrimary() throws Exception {
		ClusterApplication application = start();
		this.primary.freeze();
		CompletableFuture<Void> write = CompletableFuture.runAsync(() -> insert(application, "patient"));
		application.awaitState("primary", NodeState.UNREACHABLE);
		this.primary.resume();
		write.get(20, TimeUnit.SECONDS);
		application.awaitAllUp();
		assertWritesGoTo(application, this.primary);
		assertThat(application.topology().failovers()).isZero();
	}

}
