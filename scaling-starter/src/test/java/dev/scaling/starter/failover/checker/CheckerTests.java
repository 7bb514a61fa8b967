package dev.scaling.starter.failover.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.scaling.starter.failover.checker.Operation.Outcome;
import dev.scaling.starter.failover.checker.Violation.Promise;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Checker}: it finds each broken promise, and nothing else.
 */
class CheckerTests {

	private final History history = new History();

	private FinalState finalState = new FinalState(Registers.of(2, 1), Map.of(0, Set.of(1L, 2L), 1, Set.of(1L)));

	@Test
	void consistentHistoryBreaksNoPromise() {
		write(1, 0, 1, 1);
		read(1, 1, 0);
		write(2, 1, 1, 1);
		read(2, 0, 1);
		this.history.add(Operation.failedWrite(1, 0, 3, Outcome.NOT_DONE, now(), "refused"));
		this.history.add(Operation.failedWrite(1, 0, 2, Outcome.UNKNOWN, now(), "unknown"));
		read(1, 2, 1);
		assertThat(promises()).isEmpty();
	}

	@Test
	void sessionThatDoesNotSeeItsWriteIsFound() {
		write(1, 0, 1, 1);
		read(1, 0, 1);
		assertThat(promises()).containsExactly(Promise.READ_YOUR_WRITES);
	}

	@Test
	void sessionThatSeesLessThanBeforeIsFound() {
		write(3, 0, 2, 1);
		write(3, 1, 1, 1);
		read(1, 2, 1);
		read(1, 2, 0);
		read(2, 0, 0);
		assertThat(promises()).containsExactly(Promise.MONOTONIC_READS);
	}

	@Test
	void commitThatWaitsForReplicationMayBeShownTooEarly() {
		read(1, 1, 1);
		read(1, 1, 0);
		write(2, 1, 1, 1);
		assertThat(promises()).isEmpty();
	}

	@Test
	void receiverOfATokenThatSeesLessThanItsGiverIsFound() {
		write(1, 0, 1, 1);
		this.history.add(Operation.handOver(1, 0, 7));
		write(1, 0, 2, 1);
		this.history.add(Operation.takeOver(2, 1, 7));
		read(2, 1, 0);
		assertThat(promises()).isEmpty();
		this.history.add(Operation.takeOver(3, 1, 7));
		read(3, 0, 0);
		assertThat(promises()).containsExactly(Promise.READ_YOUR_WRITES);
	}

	@Test
	void acknowledgedWriteThatIsLostIsFound() {
		write(1, 0, 3, 1);
		assertThat(promises()).containsExactly(Promise.DURABLE_WRITES);
	}

	@Test
	void refusedWriteThatIsThereIsFound() {
		this.history.add(Operation.failedWrite(1, 0, 2, Outcome.NOT_DONE, now(), "refused"));
		assertThat(promises()).containsExactly(Promise.REFUSED_WRITES);
	}

	@Test
	void readOfAnotherHistoryIsFound() {
		read(1, 3, 0);
		assertThat(promises()).containsExactly(Promise.ONE_HISTORY);
	}

	@Test
	void writeOnAnOldTimelineIsFound() {
		long early = now();
		write(1, 0, 1, 2);
		write(2, 1, 1, 1, early);
		assertThat(promises()).isEmpty();
		write(1, 0, 2, 1);
		assertThat(promises()).containsExactly(Promise.FENCING);
	}

	@Test
	void seedDeterminesTheFaults() {
		assertThat(steps(1)).isEqualTo(steps(1)).isNotEqualTo(steps(2));
		assertThat(steps(1)).extracting(FaultSchedule.Step::primary)
			.startsWith(PrimaryFault.CRASH_AND_PROMOTION, PrimaryFault.FREEZE_AND_PROMOTION);
	}

	private static List<FaultSchedule.Step> steps(long seed) {
		FaultSchedule schedule = new FaultSchedule(seed);
		List<FaultSchedule.Step> steps = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			steps.add(schedule.next());
		}
		return steps;
	}

	private List<Promise> promises() {
		return Checker.check(this.history, this.finalState).stream().map(Violation::promise).toList();
	}

	private void write(int session, int client, long value, int timeline) {
		write(session, client, value, timeline, now());
	}

	private void write(int session, int client, long value, int timeline, long begin) {
		this.history.add(Operation.write(session, client, value, timeline, begin, "primary"));
	}

	private void read(int session, long... seen) {
		this.history.add(Operation.read(session, 0, Registers.of(seen), now(), "replica-1"));
	}

	private static long now() {
		return System.nanoTime();
	}

}
