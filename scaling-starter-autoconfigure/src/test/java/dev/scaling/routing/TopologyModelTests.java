package dev.scaling.routing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import dev.scaling.topology.Server;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A topology that watches a model of three servers: whatever is written, replayed,
 * promoted, killed, started, rebuilt and probed in whatever order, there is one primary
 * at most, and no replica is given work that has seen another history than the primary.
 */
class TopologyModelTests {

	private static final int STEPS = 300;

	@Property(tries = 1000)
	void onePrimaryAtMostAndNoReplicaOfAnotherHistory(@ForAll long seed) {
		Model model = new Model(new Random(seed));
		for (int step = 0; step < STEPS; step++) {
			model.step();
		}
	}

	@Property(tries = 300)
	void allIsWellOnceTheFaultsAreOver(@ForAll long seed) {
		Model model = new Model(new Random(seed));
		for (int step = 0; step < STEPS; step++) {
			model.step();
		}
		model.repair();
		assertThat(model.topology.snapshot().writable()).as(model::describe).isTrue();
		assertThat(model.topology.current().nodes()).as(model::describe)
			.extracting(NodeStatus::state)
			.allMatch((state) -> state == NodeState.UP || state == NodeState.EJECTED);
	}

	/**
	 * The WAL of a server: the timelines that it has gone through, each with the position
	 * where it begins.
	 */
	private record History(List<long[]> timelines) {

		int timelineAt(long position) {
			int timeline = 1;
			for (long[] begin : this.timelines) {
				if (begin[1] < position || begin[1] == 0) {
					timeline = (int) begin[0];
				}
			}
			return timeline;
		}

		int latest() {
			return (int) this.timelines.get(this.timelines.size() - 1)[0];
		}

		History promoted(long position) {
			List<long[]> timelines = new ArrayList<>(this.timelines);
			timelines.add(new long[] { latest() + 1, position, nextBranch++ });
			return new History(timelines);
		}

		private static long nextBranch = 1;

		/**
		 * The end of what both have in common.
		 */
		long fork(History other) {
			int common = 0;
			while (common < this.timelines.size() && common < other.timelines.size()
					&& this.timelines.get(common)[2] == other.timelines.get(common)[2]) {
				common++;
			}
			long mine = (common < this.timelines.size()) ? this.timelines.get(common)[1] : Long.MAX_VALUE;
			long theirs = (common < other.timelines.size()) ? other.timelines.get(common)[1] : Long.MAX_VALUE;
			return Math.min(mine, theirs);
		}

	}

	private static final class ModelServer {

		private final int number;

		private boolean running = true;

		private boolean standby;

		private int starts;

		private long position = 100;

		private History history = new History(List.of(new long[] { 1, 0, 0 }));

		private long promotedAt;

		/**
		 * The timeline that the control file names, which may be too low.
		 */
		private int controlledTimeline = 1;

		private @Nullable ModelServer upstream;

		ModelServer(int number, @Nullable ModelServer upstream) {
			this.number = number;
			this.upstream = upstream;
			this.standby = upstream != null;
		}

		boolean isStreaming() {
			ModelServer upstream = this.upstream;
			return this.running && this.standby && upstream != null && upstream.running
					&& this.position <= this.history.fork(upstream.history) && this.position <= upstream.position;
		}

		void start() {
			this.running = true;
			this.starts++;
			this.promotedAt = 0;
		}

	}

	private record Answer(NodePool pool, @Nullable NodeReading reading, long epoch, History history,
			boolean streaming) {

	}

	private static final class Model {

		private final Random random;

		private final List<ModelServer> servers = new ArrayList<>();

		private final List<Deque<Answer>> answers = new ArrayList<>();

		private final List<@Nullable Answer> last = new ArrayList<>();

		private final LiveTopology topology;

		private final StringBuilder log = new StringBuilder();

		private int timeline;

		/**
		 * No number is given twice, as long as the next one to be promoted has seen all
		 * promotions.
		 */
		private int latestTimeline = 1;

		Model(Random random) {
			this.random = random;
			ModelServer primary = new ModelServer(0, null);
			this.servers.add(primary);
			this.servers.add(new ModelServer(1, primary));
			this.servers.add(new ModelServer(2, primary));
			List<NodePool> pools = new ArrayList<>();
			for (ModelServer server : this.servers) {
				pools.add(new NodePool(
						new Node((server.number == 0) ? "primary" : "replica-" + server.number, Node.MAIN_CLUSTER,
								(server.number == 0) ? NodeRole.PRIMARY : NodeRole.REPLICA, null, 1, true),
						new DriverManagerDataSource()));
				this.answers.add(new ArrayDeque<>());
				this.last.add(null);
			}
			this.topology = new LiveTopology(pools.get(0), pools.subList(1, 3), new TopologyOptions(Duration.ofHours(1),
					Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1)), Clock.systemUTC());
			for (ModelServer server : this.servers) {
				send(server);
				answer(server);
			}
		}

		void step() {
			ModelServer server = this.servers.get(this.random.nextInt(3));
			switch (this.random.nextInt(24)) {
				case 0 -> promote(server);
				case 1 -> kill(server);
				case 2 -> {
					if (!server.running) {
						note("start", server);
						server.start();
					}
				}
				case 3 -> rebuild(server);
				case 4, 5, 6, 7, 8 -> write(server);
				case 9, 10, 11, 12 -> replay(server);
				case 13, 14, 15, 16, 17 -> send(server);
				default -> answer(server);
			}
		}

		private void note(String what, ModelServer server) {
			this.log.append(what)
				.append(' ')
				.append(server.number)
				.append('@')
				.append(server.position)
				.append(" t")
				.append(server.history.latest())
				.append('\n');
		}

		private void promote(ModelServer server) {
			if (server.running && server.standby && server.history.latest() == this.latestTimeline) {
				server.standby = false;
				server.upstream = null;
				server.promotedAt = server.position;
				server.history = server.history.promoted(server.position);
				server.position += 2;
				this.latestTimeline++;
				note("promote", server);
			}
		}

		private void kill(ModelServer server) {
			server.running = false;
			note("kill", server);
		}

		/**
		 * Becomes a standby of the latest primary, from a fresh copy.
		 */
		private void rebuild(ModelServer server) {
			this.servers.stream()
				.filter((other) -> other != server && other.running && !other.standby
						&& other.history.latest() == this.latestTimeline)
				.findFirst()
				.ifPresent((primary) -> rebuild(server, primary));
		}

		private void rebuild(ModelServer server, ModelServer primary) {
			server.standby = true;
			server.upstream = primary;
			server.history = primary.history;
			server.position = primary.position;
			server.controlledTimeline = primary.history.latest();
			server.start();
			note("rebuild", server);
		}

		private void write(ModelServer server) {
			if (server.running && !server.standby) {
				server.position += 1 + this.random.nextInt(5);
			}
		}

		private void replay(ModelServer server) {
			ModelServer upstream = server.upstream;
			if (server.isStreaming() && upstream != null) {
				server.history = upstream.history;
				server.position = Math.min(upstream.position, server.position + this.random.nextInt(10));
				if (this.random.nextBoolean()) {
					server.controlledTimeline = server.history.timelineAt(server.position);
				}
			}
		}

		private void send(ModelServer server) {
			if (!this.answers.get(server.number).isEmpty()) {
				return;
			}
			NodePool pool = this.topology.pools().get(server.number);
			long epoch = this.topology.beginProbe();
			this.answers.get(server.number)
				.add(new Answer(pool, server.running ? read(server, epoch) : null, epoch, server.history,
						server.isStreaming()));
		}

		private NodeReading read(ModelServer server, long epoch) {
			Server identity = new Server(42, "10.0.0." + server.number, 5432, Instant.EPOCH.plusSeconds(server.starts));
			if (server.standby) {
				int received = (server.isStreaming() && server.upstream != null)
						? server.upstream.history.timelineAt(server.position + 1) : server.controlledTimeline;
				return new NodeReading(epoch, System.nanoTime(), identity, true, false, received, 0, 0, server.position,
						server.position, null);
			}
			return new NodeReading(epoch, System.nanoTime(), identity, false, false, server.history.latest(),
					server.position, server.position, 0, server.promotedAt, null);
		}

		private void answer(ModelServer server) {
			Answer answer = this.answers.get(server.number).poll();
			if (answer == null) {
				return;
			}
			if (answer.reading() != null) {
				this.last.set(server.number, answer);
				this.log.append("seen ").append(server.number).append(' ').append(brief(answer.reading())).append('\n');
				this.topology.seen(answer.pool(), answer.reading());
			}
			else {
				this.log.append("failed ").append(server.number).append('\n');
				this.topology.failed(answer.pool(), answer.epoch(), new ProbeFailure("down", ProbeFailure.Kind.DOWN));
			}
			check();
		}

		private static String brief(NodeReading reading) {
			return (reading.inRecovery() ? "standby " + reading.replayPosition()
					: "primary " + reading.insertPosition() + " from " + reading.replayPosition()) + " t"
					+ reading.timeline() + " epoch " + reading.epoch();
		}

		private void check() {
			assertThat(this.topology.timeline()).as(this::describe).isGreaterThanOrEqualTo(this.timeline);
			this.timeline = this.topology.timeline();
			if (this.timeline == 0) {
				return;
			}
			NodePool primary = this.topology.snapshot().primary();
			List<NodeStatus> up = this.topology.current()
				.nodes()
				.stream()
				.filter((status) -> status.role() == NodeRole.PRIMARY && status.state() == NodeState.UP)
				.toList();
			assertThat(up).as(this::describe).hasSizeLessThanOrEqualTo(1);
			if (!up.isEmpty()) {
				assertThat(primary).as(this::describe).isNotNull();
				assertThat(up.get(0).node()).as(this::describe).isEqualTo(primary.node());
				checkHighestTimeline(up.get(0));
			}
			if (primary != null) {
				checkReplicas(primary);
			}
		}

		private void checkHighestTimeline(NodeStatus primary) {
			NodeReading reading = primary.reading();
			assertThat(reading).isNotNull();
			for (NodeStatus status : this.topology.current().nodes()) {
				NodeReading other = status.reading();
				if (other != null && !other.inRecovery() && status.node() != primary.node()
						&& status.state() != NodeState.UNREACHABLE) {
					assertThat(reading.timeline()).as(this::describe).isGreaterThanOrEqualTo(other.timeline());
				}
			}
		}

		/**
		 * A replica that is given work has nothing that the primary lacks. Nobody can
		 * know that of one whose receiver is away, so it is left out.
		 */
		private void checkReplicas(NodePool primary) {
			Answer accepted = this.last.get(this.topology.pools().indexOf(primary));
			if (accepted == null || accepted.reading() == null || accepted.reading().inRecovery()) {
				return;
			}
			for (NodePool replica : this.topology.available()) {
				Answer answer = this.last.get(this.topology.pools().indexOf(replica));
				assertThat(answer).isNotNull();
				NodeReading reading = answer.reading();
				assertThat(reading).isNotNull();
				if (answer.streaming()) {
					long fork = answer.history().fork(accepted.history());
					assertThat(reading.replayPosition()).as(this::describe).isLessThanOrEqualTo(fork);
				}
			}
		}

		void repair() {
			for (ModelServer server : this.servers) {
				if (!server.running) {
					server.start();
				}
			}
			List<ModelServer> primaries = this.servers.stream().filter((server) -> !server.standby).toList();
			if (primaries.isEmpty()) {
				promote(this.servers.get(0));
			}
			int highest = this.servers.stream()
				.filter((server) -> !server.standby)
				.mapToInt((server) -> server.history.latest())
				.max()
				.orElseThrow();
			ModelServer primary = this.servers.stream()
				.filter((server) -> !server.standby && server.history.latest() == highest)
				.findFirst()
				.orElseThrow();
			if (highest < this.topology.timeline() || primaries.size() > 1) {
				primary.history = primary.history.promoted(primary.position);
				while (primary.history.latest() <= this.topology.timeline()) {
					primary.history = primary.history.promoted(primary.position);
				}
			}
			for (ModelServer server : this.servers) {
				if (server != primary) {
					rebuild(server, primary);
				}
			}
			for (int i = 0; i < 5; i++) {
				primary.position++;
				for (ModelServer server : this.servers) {
					if (server != primary) {
						server.position = primary.position;
					}
				}
				for (ModelServer server : this.servers) {
					answer(server);
					send(server);
					answer(server);
				}
			}
		}

		String describe() {
			return "after\n" + this.log + this.topology.current();
		}

	}

}
