package dev.scaling.routing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.scaling.topology.Lag;
import dev.scaling.topology.NodeReading;
import org.jspecify.annotations.Nullable;

/**
 * Where the primary was when it was probed: tells how late a replica is that has replayed
 * up to some position, without a clock of another machine. Readings of the same position
 * are one sample. Not thread-safe.
 */
final class PrimaryPositions {

	private static final int MAXIMUM_SAMPLES = 1024;

	private static final int PAGE = 8192;

	/**
	 * What a record and its images of pages may have on the disk before it is complete.
	 */
	private static final int LARGEST_PART = 4 * PAGE;

	/**
	 * The latest first.
	 */
	private final Deque<Sample> samples = new ArrayDeque<>();

	void add(NodeReading reading) {
		Sample latest = this.samples.peekFirst();
		if (latest != null && latest.insert == reading.insertPosition() && latest.flush == reading.flushPosition()) {
			this.samples.removeFirst();
			this.samples.addFirst(
					new Sample(reading.epoch(), latest.firstNanoTime, reading.nanoTime(), latest.insert, latest.flush));
			return;
		}
		this.samples.addFirst(new Sample(reading.epoch(), reading.nanoTime(), reading.nanoTime(),
				reading.insertPosition(), reading.flushPosition()));
		if (this.samples.size() > MAXIMUM_SAMPLES) {
			this.samples.removeLast();
		}
	}

	boolean isEmpty() {
		return this.samples.isEmpty();
	}

	long latestInsert() {
		Sample latest = this.samples.peekFirst();
		return (latest != null) ? latest.insert : 0;
	}

	long latestEpoch() {
		Sample latest = this.samples.peekFirst();
		return (latest != null) ? latest.lastEpoch : 0;
	}

	/**
	 * When the primary was last seen, in nanoseconds.
	 */
	long latestNanoTime() {
		Sample latest = this.samples.peekFirst();
		return (latest != null) ? latest.lastNanoTime : 0;
	}

	/**
	 * The insert position of the first probe after the given epoch, or -1.
	 */
	long insertAfter(long epoch) {
		long insert = -1;
		for (Sample sample : this.samples) {
			if (sample.lastEpoch <= epoch) {
				break;
			}
			insert = sample.insert;
		}
		return insert;
	}

	/**
	 * The epoch of the latest probe whose insert position has been replayed, or 0.
	 */
	long coveredEpoch(long replayed) {
		for (Sample sample : this.samples) {
			if (sample.insert <= replayed) {
				return sample.lastEpoch;
			}
		}
		return 0;
	}

	/**
	 * The time of the latest probe whose flush position has been replayed.
	 */
	long coveredNanoTime(long replayed, long otherwise) {
		for (Sample sample : this.samples) {
			if (sample.flush <= replayed) {
				return sample.lastNanoTime;
			}
		}
		return otherwise;
	}

	/**
	 * Whether any sample has been replayed: else the lag is longer than all that is
	 * known.
	 */
	boolean isKnown(long replayed) {
		Sample oldest = this.samples.peekLast();
		return oldest != null && oldest.isReplayed(replayed);
	}

	/**
	 * The lag of a replica that has replayed up to the given position at the given time,
	 * or {@code null} if there is nothing to compare with.
	 */
	@Nullable Lag lag(long replayed, long nanoTime) {
		Sample latest = this.samples.peekFirst();
		if (latest == null) {
			return null;
		}
		if (latest.isReplayed(replayed)) {
			return Lag.NONE;
		}
		long oldest = latest.firstNanoTime;
		for (Sample sample : this.samples) {
			if (sample.isReplayed(replayed)) {
				break;
			}
			oldest = sample.firstNanoTime;
		}
		return new Lag(Duration.ofNanos(Math.max(0, nanoTime - oldest)), latest.flush - replayed);
	}

	/**
	 * What the primary answered to some probes in a row.
	 *
	 * @param lastEpoch the epoch of the last of them
	 * @param firstNanoTime when the first of them was sent
	 * @param lastNanoTime when the last of them was sent
	 * @param insert the insert position
	 * @param flush the flush position
	 */
	private record Sample(long lastEpoch, long firstNanoTime, long lastNanoTime, long insert, long flush) {

		/**
		 * Without a commit, the WAL writer leaves off at the end of a page, which may be
		 * in the middle of a record: no replica can replay that part, and an idle primary
		 * writes the rest only seconds later.
		 */
		private boolean isReplayed(long replayed) {
			return this.flush <= replayed
					|| (this.insert > this.flush && this.flush % PAGE == 0 && this.flush - replayed < LARGEST_PART);
		}

	}

}
