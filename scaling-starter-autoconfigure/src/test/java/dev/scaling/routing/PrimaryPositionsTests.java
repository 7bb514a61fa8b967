package dev.scaling.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.scaling.topology.Lag;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.Server;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryPositions}: what it says of a replica is what a naive search in
 * all readings says.
 */
class PrimaryPositionsTests {

	private static final Server SERVER = new Server(1, "127.0.0.1", 5432, Instant.EPOCH);

	private static final long FIRST_NANO_TIME = -1_000_000_000_000L;

	private PrimaryPositions positions = new PrimaryPositions();

	private final List<NodeReading> readings = new ArrayList<>();

	@BeforeTry
	void forget() {
		this.positions = new PrimaryPositions();
		this.readings.clear();
	}

	/**
	 * The primary is probed after it has written so much more, of which the last bytes
	 * are not on its disk.
	 */
	private void probe(int written, int notFlushed) {
		NodeReading last = this.readings.isEmpty() ? null : this.readings.get(this.readings.size() - 1);
		long insert = ((last != null) ? last.insertPosition() : 1000) + written;
		long flush = Math.max((last != null) ? last.flushPosition() : 0, insert - notFlushed);
		long nanoTime = FIRST_NANO_TIME + this.readings.size() * 250_000_000L;
		NodeReading reading = new NodeReading(3L * this.readings.size() + 1, nanoTime, SERVER, false, false, 1, insert,
				flush, 0, 0, null);
		this.readings.add(reading);
		this.positions.add(reading);
	}

	private void probeAll(List<Integer> written) {
		written.forEach((bytes) -> probe(Math.max(0, bytes), Math.abs(bytes) % 3));
	}

	private long now() {
		return FIRST_NANO_TIME + this.readings.size() * 250_000_000L;
	}

	@Property(tries = 500)
	void lagIsTheAgeOfTheOldestReadingThatIsNotReplayed(
			@ForAll @Size(min = 1, max = 60) List<@IntRange(min = -3, max = 5) Integer> written,
			@ForAll @IntRange(min = 990, max = 1320) int replayed) {
		probeAll(written);
		NodeReading latest = this.readings.get(this.readings.size() - 1);
		Lag expected = this.readings.stream()
			.filter((reading) -> reading.flushPosition() > replayed)
			.findFirst()
			.map((reading) -> new Lag(Duration.ofNanos(now() - reading.nanoTime()), latest.flushPosition() - replayed))
			.orElse(Lag.NONE);
		Lag lag = this.positions.lag(replayed, now());
		assertThat(lag).isNotNull();
		assertThat(lag.bytes()).isEqualTo(expected.bytes());
		assertThat(lag.time()).isEqualTo(expected.time());
	}

	@Property(tries = 500)
	void coveredEpochIsThatOfTheLatestReadingThatIsReplayed(
			@ForAll @Size(min = 1, max = 60) List<@IntRange(min = -3, max = 5) Integer> written,
			@ForAll @IntRange(min = 990, max = 1320) int replayed) {
		long last = 0;
		for (int bytes : written) {
			probe(Math.max(0, bytes), Math.abs(bytes) % 3);
			long covered = this.positions.coveredEpoch(replayed);
			assertThat(covered).isGreaterThanOrEqualTo(last);
			assertThat(this.positions.coveredEpoch(replayed + 1L)).isGreaterThanOrEqualTo(covered);
			last = covered;
		}
		long expected = this.readings.stream()
			.filter((reading) -> reading.insertPosition() <= replayed)
			.mapToLong(NodeReading::epoch)
			.max()
			.orElse(0);
		assertThat(last).isEqualTo(expected);
	}

	@Property(tries = 500)
	void coveredTimeIsThatOfTheLatestReadingThatIsReplayed(
			@ForAll @Size(min = 1, max = 60) List<@IntRange(min = -3, max = 5) Integer> written,
			@ForAll @IntRange(min = 990, max = 1320) int replayed) {
		probeAll(written);
		long expected = this.readings.stream()
			.filter((reading) -> reading.flushPosition() <= replayed)
			.mapToLong(NodeReading::nanoTime)
			.max()
			.orElse(Long.MIN_VALUE);
		assertThat(this.positions.coveredNanoTime(replayed, Long.MIN_VALUE)).isEqualTo(expected);
	}

	@Property(tries = 500)
	void insertPositionAfterAMarkIsThatOfTheNextReading(
			@ForAll @Size(min = 1, max = 60) List<@IntRange(min = -3, max = 5) Integer> written,
			@ForAll @IntRange(min = 0, max = 200) int mark) {
		probeAll(written);
		long expected = this.readings.stream()
			.filter((reading) -> reading.epoch() > mark)
			.mapToLong(NodeReading::insertPosition)
			.findFirst()
			.orElse(-1);
		assertThat(this.positions.insertAfter(mark)).isEqualTo(expected);
	}

	/**
	 * As seen on a server whose last WAL was that of a checkpoint.
	 */
	@Example
	void recordThatIsOnTheDiskInPartIsNoLag() {
		probe(7000, 0);
		for (int i = 0; i < 100; i++) {
			probe((i == 0) ? 5000 : 0, 13_000 - 8192);
		}
		assertThat(this.readings.get(100).flushPosition()).isEqualTo(8192);
		assertThat(this.positions.lag(8000, now())).isEqualTo(Lag.NONE);
		assertThat(this.positions.isKnown(8000)).isTrue();
		assertThat(this.positions.lag(7999, now())).isNotNull().isEqualTo(Lag.NONE);
		probe(0, 0);
		assertThat(this.positions.lag(8000, now())).isNotNull().extracting(Lag::bytes).isEqualTo(5000L);
		assertThat(this.positions.lag(8000, now())).isNotNull().extracting(Lag::time).isEqualTo(Duration.ofMillis(250));
	}

	@Example
	void fullPageIsLagWhereNothingFollows() {
		probe(7192, 0);
		assertThat(this.positions.lag(8000, now())).isNotNull().extracting(Lag::bytes).isEqualTo(192L);
	}

	@Example
	void idlePrimaryIsOneSample() {
		probe(10, 0);
		for (int i = 0; i < 10_000; i++) {
			probe(0, 0);
		}
		assertThat(this.positions.lag(1000, now())).isNotNull()
			.extracting(Lag::time)
			.isEqualTo(Duration.ofMillis(250).multipliedBy(10_001));
		assertThat(this.positions.lag(1010, now())).isEqualTo(Lag.NONE);
		assertThat(this.positions.coveredEpoch(1010)).isEqualTo(30_001);
	}

	@Example
	void nothingIsKnownBeforeTheFirstReading() {
		assertThat(this.positions.lag(1000, 0)).isNull();
		assertThat(this.positions.coveredEpoch(1000)).isZero();
		assertThat(this.positions.insertAfter(0)).isEqualTo(-1);
		assertThat(this.positions.latestEpoch()).isZero();
	}

	/**
	 * A position that nobody remembers is covered by the oldest sample, which is later.
	 */
	@Example
	void memoryIsBounded() {
		for (int i = 0; i < 10_000; i++) {
			probe(1, 0);
		}
		assertThat(this.positions.coveredEpoch(1000)).isZero();
		assertThat(this.positions.insertAfter(0)).isGreaterThan(1001);
		assertThat(this.positions.latestInsert()).isEqualTo(11_000);
	}

}
