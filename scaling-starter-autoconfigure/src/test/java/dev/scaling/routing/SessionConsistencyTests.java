package dev.scaling.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import dev.scaling.consistency.ClusterPositions;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ReadFloor;
import dev.scaling.consistency.ReplicaProgress;
import dev.scaling.consistency.SessionPosition;
import dev.scaling.consistency.SessionWork;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.Server;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A session on a model of a primary and its replicas: whatever writes, reads, probes and
 * replays come in whatever order, a replica that counts as fresh enough has all that the
 * session has written and seen.
 */
class SessionConsistencyTests {

	@Property(tries = 2000)
	void replicaThatIsCoveredHasWhatTheSessionHasWrittenAndSeen(@ForAll long seed,
			@ForAll @IntRange(min = 1, max = 3) int replicas) {
		Model model = new Model(new Random(seed), replicas);
		for (int step = 0; step < 200; step++) {
			model.step();
		}
	}

	@Property(tries = 200)
	void sessionReturnsToReplicasOnceTheyHaveCaughtUp(@ForAll long seed) {
		Model model = new Model(new Random(seed), 2);
		for (int step = 0; step < 100; step++) {
			model.step();
		}
		model.catchUp();
		assertThat(model.isCovered(0)).isTrue();
		assertThat(model.isCovered(1)).isTrue();
	}

	private static final class Model implements ClusterPositions {

		private static final Server SERVER = new Server(1, "127.0.0.1", 5432, Instant.EPOCH);

		private final Random random;

		private final PrimaryPositions samples = new PrimaryPositions();

		private final List<Node> nodes;

		private final long[] replayed;

		private final ReplicaProgress[] progress;

		private final List<Deque<long[]>> histories = new ArrayList<>();

		private final ConsistencySession session = ConsistencySession.open();

		private final SessionPosition position;

		private long epoch;

		private long written;

		/**
		 * What the session has written or seen.
		 */
		private long known;

		/**
		 * The probe of the primary that has been sent and not answered.
		 */
		private long pending = -1;

		Model(Random random, int replicas) {
			this.random = random;
			this.nodes = IntStream.range(0, replicas)
				.mapToObj((i) -> new Node("replica-" + i, "main", NodeRole.REPLICA, null, 1, true))
				.toList();
			this.replayed = new long[replicas];
			this.progress = new ReplicaProgress[replicas];
			for (int i = 0; i < replicas; i++) {
				this.progress[i] = ReplicaProgress.UNKNOWN;
				this.histories.add(new ArrayDeque<>());
			}
			this.position = this.session.position(this);
		}

		void step() {
			int replica = this.random.nextInt(this.nodes.size());
			switch (this.random.nextInt(9)) {
				case 0 -> othersWrite();
				case 1 -> write();
				case 2 -> readPrimary();
				case 3 -> askPrimary();
				case 4 -> answerPrimary();
				case 5 -> probe(replica);
				case 6 -> replay(replica, this.random.nextLong(this.written - this.replayed[replica] + 1));
				default -> read(replica);
			}
		}

		private void othersWrite() {
			this.written += this.random.nextInt(5);
		}

		private void write() {
			this.written++;
			this.known = this.written;
			if (this.random.nextBoolean()) {
				SessionWork.write(this.position);
			}
			else {
				SessionWork.write(this.position, this.written, 1);
			}
		}

		private void readPrimary() {
			this.known = Math.max(this.known, this.written);
			if (this.random.nextBoolean()) {
				SessionWork.readPrimary(this.position);
			}
			else {
				SessionWork.readPrimary(this.position, this.written, 1);
			}
		}

		private void askPrimary() {
			this.epoch++;
			this.pending = this.epoch;
		}

		private void answerPrimary() {
			if (this.pending >= 0) {
				this.samples.add(new NodeReading(this.pending, this.pending, SERVER, false, false, 1, this.written,
						this.written, 0, 0, null));
				this.pending = -1;
			}
		}

		private void probe(int replica) {
			long probe = ++this.epoch;
			Deque<long[]> history = this.histories.get(replica);
			history.addLast(new long[] { probe, this.replayed[replica] });
			if (history.size() > 4) {
				history.removeFirst();
			}
			this.progress[replica] = new ReplicaProgress(this.samples.coveredEpoch(this.replayed[replica]), 0,
					this.replayed[replica], null, 0, history.stream().mapToLong((entry) -> entry[0]).toArray(),
					history.stream().mapToLong((entry) -> entry[1]).toArray());
		}

		private void replay(int replica, long bytes) {
			this.replayed[replica] += bytes;
		}

		boolean isCovered(int replica) {
			Node current = this.position.replica();
			if (current != null) {
				this.position.settle(this.progress[this.nodes.indexOf(current)]);
			}
			return this.position.isCoveredBy(this.nodes.get(replica), this.progress[replica]);
		}

		private void read(int replica) {
			Node node = this.nodes.get(replica);
			if (!isCovered(replica)) {
				long required = this.position.verifiablePosition(node, this.progress[replica]);
				if (required < 0 || this.replayed[replica] < required) {
					return;
				}
			}
			assertThat(this.replayed[replica]).isGreaterThanOrEqualTo(this.known);
			this.position.beginReplica(new ReadFloor(node, ReadFloor.OPEN));
			replay(replica, this.random.nextLong(this.written - this.replayed[replica] + 1));
			this.known = Math.max(this.known, this.replayed[replica]);
			if (this.random.nextInt(3) > 0) {
				this.position.endReplica(new ReadFloor(node, this.epoch));
			}
			else {
				this.position.endReplica(new ReadFloor(node, this.epoch, this.replayed[replica]));
			}
		}

		void catchUp() {
			this.pending = ++this.epoch;
			answerPrimary();
			for (int i = 0; i < this.nodes.size(); i++) {
				this.replayed[i] = this.written;
				probe(i);
			}
		}

		@Override
		public String cluster() {
			return "main";
		}

		@Override
		public boolean isClosed() {
			return false;
		}

		@Override
		public long epoch() {
			return this.epoch;
		}

		@Override
		public Duration tokenTtl() {
			return Duration.ofSeconds(30);
		}

		@Override
		public int timeline() {
			return 1;
		}

		@Override
		public long insertPositionAfter(long mark) {
			return this.samples.insertAfter(mark);
		}

		@Override
		public long latestInsertPosition() {
			return this.samples.latestInsert();
		}

		@Override
		public long currentInsertPosition() {
			return this.written;
		}

		@Override
		public boolean isLost(int timeline, long position) {
			return false;
		}

		@Override
		public void lost(int timeline, long position) {
			throw new IllegalStateException("Nothing is lost");
		}

	}

}
