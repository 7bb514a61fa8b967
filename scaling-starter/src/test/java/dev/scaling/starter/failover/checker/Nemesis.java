package dev.scaling.starter.failover.checker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.scaling.starter.consistency.Sql;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import static org.awaitility.Awaitility.await;

/**
 * Makes the faults of a schedule happen to a cluster, and heals them. Whoever is promoted
 * has everything that any replica has received: with synchronous replication no WAL is
 * lost that anybody can have seen.
 */
final class Nemesis implements Runnable {

	private static final Log logger = LogFactory.getLog(Nemesis.class);

	private static final String RECEIVED = "SELECT greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'),"
			+ " coalesce(pg_last_wal_replay_lsn(), '0/0')) - '0/0'";

	private final PostgresCluster cluster;

	private final FaultSchedule schedule;

	private final CountDownLatch stop;

	private final List<FaultSchedule.Step> steps = new ArrayList<>();

	Nemesis(PostgresCluster cluster, FaultSchedule schedule, CountDownLatch stop) {
		this.cluster = cluster;
		this.schedule = schedule;
		this.stop = stop;
	}

	@Override
	public void run() {
		while (this.stop.getCount() > 0) {
			FaultSchedule.Step step = this.schedule.next();
			logger.info("Fault " + step);
			this.steps.add(step);
			apply(step);
			pause(step.recovery());
		}
	}

	/**
	 * What has happened.
	 */
	List<FaultSchedule.Step> steps() {
		return this.steps;
	}

	private void apply(FaultSchedule.Step step) {
		PostgresNode replica = this.cluster.replicas().get(step.victim());
		PostgresNode primary = this.cluster.primary();
		step.replica().inject(replica);
		pause(step.duration());
		switch (step.primary()) {
			case NONE -> pause(step.duration());
			case CRASH -> {
				primary.kill();
				pause(step.duration());
				primary.start();
			}
			case FREEZE -> {
				primary.freeze();
				pause(step.duration());
				primary.resume();
			}
			case CRASH_AND_PROMOTION -> {
				primary.kill();
				pause(step.duration());
				promoteMostAdvanced(step.replica(), replica);
				pause(step.duration());
			}
			case FREEZE_AND_PROMOTION -> {
				primary.freeze();
				pause(step.duration());
				promoteMostAdvanced(step.replica(), replica);
				primary.resume();
				pause(step.duration());
			}
		}
		heal(step, replica, primary);
	}

	private void promoteMostAdvanced(ReplicaFault fault, PostgresNode victim) {
		List<PostgresNode> replicas = this.cluster.replicas();
		List<Long> received = new ArrayList<>();
		await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(50)).until(() -> {
			List<Long> last = List.copyOf(received);
			received.clear();
			replicas.forEach((replica) -> received.add(Sql.number(replica, RECEIVED)));
			return received.equals(last);
		});
		PostgresNode winner = replicas.stream()
			.max(Comparator.comparingLong((replica) -> received.get(replicas.indexOf(replica))))
			.orElseThrow();
		winner.promote();
		if (victim != winner && fault == ReplicaFault.PAUSE_REPLAY) {
			// a standby whose replay is paused does not change its upstream
			fault.heal(victim);
		}
		replicas.stream().filter((replica) -> replica != winner).forEach(PostgresNode::follow);
	}

	private void heal(FaultSchedule.Step step, PostgresNode replica, PostgresNode formerPrimary) {
		if (this.cluster.primary() != replica || step.replica() == ReplicaFault.DELAY_REPLAY) {
			step.replica().heal(replica);
		}
		if (this.cluster.primary() != formerPrimary) {
			formerPrimary.rejoin();
		}
		this.cluster.awaitReplication();
	}

	private void pause(Duration duration) {
		try {
			this.stop.await(duration.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("Interrupted while faults have not been healed", ex);
		}
	}

}
