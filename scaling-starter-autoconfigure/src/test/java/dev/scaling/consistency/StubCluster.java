package dev.scaling.consistency;

import java.sql.SQLException;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;

/**
 * A cluster whose primary is a number.
 */
public class StubCluster implements ClusterPositions {

	/**
	 * A replica of any cluster.
	 */
	public static final Node REPLICA = new Node("replica-1", "main", NodeRole.REPLICA, null, 1, true);

	private final String name;

	private final long systemIdentifier;

	private final NavigableMap<Long, Long> insertPositions = new TreeMap<>();

	private final AtomicInteger questions = new AtomicInteger();

	private long epoch = 1;

	private volatile long position = 1000;

	private volatile boolean silent;

	/**
	 * Creates a cluster.
	 * @param name the name
	 * @param systemIdentifier the identifier, 0 if unknown
	 */
	public StubCluster(String name, long systemIdentifier) {
		this.name = name;
		this.systemIdentifier = systemIdentifier;
		probe();
	}

	/**
	 * Something is written.
	 * @param position where the primary is then
	 */
	public void position(long position) {
		this.position = position;
	}

	/**
	 * The primary does not answer any more.
	 */
	public void silence() {
		this.silent = true;
	}

	/**
	 * A probe is sent and answered.
	 */
	public final synchronized void probe() {
		this.epoch++;
		this.insertPositions.put(this.epoch, this.position);
	}

	/**
	 * How often the primary was asked.
	 * @return the number of questions
	 */
	public int questions() {
		return this.questions.get();
	}

	/**
	 * Whether a session may read from a replica that is up to date with the last probe.
	 * @param session the session's position
	 * @param replayed how far the replica is
	 * @return {@code true} if it may
	 */
	public boolean covers(SessionPosition session, long replayed) {
		Node replica = new Node("replica-1", this.name, NodeRole.REPLICA, null, 1, true);
		return session.isCoveredBy(replica,
				new ReplicaProgress(this.epoch, 0, replayed, null, 0, new long[0], new long[0]));
	}

	@Override
	public String cluster() {
		return this.name;
	}

	@Override
	public long systemIdentifier() {
		return this.systemIdentifier;
	}

	@Override
	public synchronized long epoch() {
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
	public synchronized long insertPositionAfter(long mark) {
		var entry = this.insertPositions.higherEntry(mark);
		return (entry != null) ? entry.getValue() : -1;
	}

	@Override
	public synchronized long latestInsertPosition() {
		return this.insertPositions.lastEntry().getValue();
	}

	@Override
	public long currentInsertPosition() throws SQLException {
		this.questions.incrementAndGet();
		if (this.silent) {
			throw new SQLException("No answer", "08006");
		}
		return this.position;
	}

	@Override
	public boolean isLost(int timeline, long position) {
		return false;
	}

	@Override
	public void lost(int timeline, long position) {
		throw new IllegalStateException("Nothing gets lost here");
	}

	@Override
	public boolean isClosed() {
		return false;
	}

}
