package dev.scaling.consistency;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeReading;
import org.jspecify.annotations.Nullable;

/**
 * How far a session has come in one cluster: what it has written and what it may have
 * seen. Reads of the session belong on nodes that are at least as far.
 * <p>
 * Inside the process a position costs nothing: it is a <em>mark</em>, the number of the
 * last probe that had been sent when a commit returned or a read ended. What the next
 * probe of the node sees bounds it. A position that leaves the process is exact, because
 * it is read in the same message as the commit. Thread-safe, and never goes back.
 *
 * @since 0.1.0
 */
public final class SessionPosition {

	private static final long NONE = -1;

	private static final long VERIFICATION_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

	/**
	 * In probes of any node, which is about a second in a cluster of three.
	 */
	private static final long LONG_ON_REPLICA = 12;

	private static final VarHandle READ_FLOOR;

	static {
		try {
			READ_FLOOR = MethodHandles.lookup().findVarHandle(SessionPosition.class, "readFloor", ReadFloor.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ConsistencySession session;

	private final ClusterPositions cluster;

	/**
	 * The epoch of the last write or read on the primary.
	 */
	private volatile long mark = NONE;

	/**
	 * How often the session has written or read on the primary.
	 */
	private int marks;

	/**
	 * Units of work on the primary that have not ended: what they have seen binds the
	 * session already.
	 */
	private volatile int open;

	private volatile @Nullable ReadFloor readFloor;

	/**
	 * Since when the session has been on its replica.
	 */
	private volatile long replicaEpoch;

	private volatile long notVerifiedNanoTime;

	private volatile boolean notVerified;

	/**
	 * A position that is known exactly, 0 for none.
	 */
	private volatile long floor;

	private volatile int floorTimeline;

	private volatile boolean written;

	private volatile long writtenNanoTime;

	SessionPosition(ConsistencySession session, ClusterPositions cluster) {
		this.session = session;
		this.cluster = cluster;
	}

	/**
	 * The cluster that this position belongs to.
	 * @return the cluster, never {@code null}
	 */
	public ClusterPositions cluster() {
		return this.cluster;
	}

	/**
	 * Whether the position leaves the process, so that transactions have to read theirs
	 * with the commit.
	 * @param write whether the transaction writes: one that reads counts only in a
	 * session that has written
	 * @return {@code true} if the position has to be exact
	 */
	public boolean isExact(boolean write) {
		return this.session.isCarried() && (write || this.session.hasWritten());
	}

	/**
	 * Whether the session has written within the given time.
	 * @param nanos the time in nanoseconds
	 * @return {@code true} if it has
	 */
	public boolean hasWrittenWithin(long nanos) {
		return this.written && (this.open > 0 || System.nanoTime() - this.writtenNanoTime < nanos);
	}

	/**
	 * Whether the session has written to the cluster.
	 * @return {@code true} if it has
	 */
	public boolean hasWritten() {
		return this.written;
	}

	/**
	 * The timeline that a node has to be on, as a token has said that came from another
	 * process.
	 * @return the timeline, 0 for any
	 */
	public int timeline() {
		return this.floorTimeline;
	}

	/**
	 * Whether a replica is as far as the session. Call {@link #settle} before.
	 * @param node the replica
	 * @param progress how far it is
	 * @return {@code true} if a read there cannot go back
	 */
	public boolean isCoveredBy(Node node, ReplicaProgress progress) {
		ReadFloor readFloor = this.readFloor;
		return this.open == 0 && this.mark < progress.coveredEpoch() && this.floor <= progress.position()
				&& (readFloor == null || readFloor.node() == node
						|| (readFloor.position() >= 0 && readFloor.position() <= progress.position()));
	}

	/**
	 * The position that a replica has to tell that it has reached, if nothing else stands
	 * between the session and that replica: probes are too old to know. Somebody who has
	 * asked in vain does not ask again at once.
	 * @param node the replica
	 * @param progress how far it was when it was probed
	 * @return the position, or -1 if it is of no use to ask
	 */
	public long verifiablePosition(Node node, ReplicaProgress progress) {
		ReadFloor readFloor = this.readFloor;
		if (this.open > 0 || this.mark >= progress.coveredEpoch()
				|| (this.notVerified && System.nanoTime() - this.notVerifiedNanoTime < VERIFICATION_PAUSE)) {
			return -1;
		}
		if (readFloor == null || readFloor.node() == node) {
			return this.floor;
		}
		return (readFloor.position() >= 0) ? Math.max(this.floor, readFloor.position()) : -1;
	}

	/**
	 * No other replica has told that it has reached the position.
	 */
	public void notVerified() {
		this.replicaEpoch = this.cluster.epoch();
		this.notVerifiedNanoTime = System.nanoTime();
		this.notVerified = true;
	}

	/**
	 * Whether the session has been on its replica for so long that it should look for
	 * another one: a session that reads all the time would never leave it.
	 * @return {@code true} if it has
	 */
	public boolean isLongOnReplica() {
		return this.readFloor != null && this.cluster.epoch() - this.replicaEpoch > LONG_ON_REPLICA;
	}

	/**
	 * The replica whose reads no probe bounds yet: the session stays there.
	 * @return the replica, or {@code null} if the session is free to change
	 */
	public @Nullable Node replica() {
		ReadFloor readFloor = this.readFloor;
		return (readFloor != null) ? readFloor.node() : null;
	}

	/**
	 * Whether any replica will do.
	 * @return {@code true} if the session has neither written nor read
	 */
	public boolean isUnbound() {
		return this.open == 0 && this.readFloor == null && this.mark == NONE && this.floor == 0;
	}

	/**
	 * Replaces what the session may have seen on its replica by a position, if a probe
	 * has bounded it.
	 * @param progress how far the session's {@link #replica()} is
	 */
	public void settle(ReplicaProgress progress) {
		ReadFloor readFloor = this.readFloor;
		if (readFloor == null || readFloor.isOpen()) {
			return;
		}
		if (readFloor.mark() < progress.restartEpoch()) {
			leaveReplica();
			return;
		}
		long position = progress.positionAfter(readFloor.mark());
		if (position >= 0) {
			raise(position, this.cluster.timeline());
			READ_FLOOR.compareAndSet(this, readFloor, null);
		}
	}

	/**
	 * The session's replica is of no use any more. What it has shown had been committed
	 * on the primary by then, so a probe of the primary bounds it as well.
	 */
	public void leaveReplica() {
		ReadFloor readFloor = this.readFloor;
		if (readFloor != null && !readFloor.isOpen()) {
			mark(readFloor.mark());
			READ_FLOOR.compareAndSet(this, readFloor, null);
		}
	}

	/**
	 * What the session may have seen on its replica.
	 * @return the floor, or {@code null} if there is none
	 */
	public @Nullable ReadFloor readFloor() {
		return this.readFloor;
	}

	/**
	 * Work starts on the primary.
	 * @param statements whether each of its statements commits, and may write
	 */
	public synchronized void beginPrimary(boolean statements) {
		this.open++;
		if (statements) {
			this.written = true;
			this.session.written();
		}
	}

	/**
	 * Work on the primary has ended with a write that is committed, or of which nobody
	 * knows whether it is.
	 */
	public void endWrite() {
		assumeWritten();
		endPrimary();
	}

	/**
	 * Work on the primary has ended with a write that is committed.
	 * @param position the insert position of the primary after the commit
	 * @param timeline the timeline of the primary
	 */
	public void endWrite(long position, int timeline) {
		markWritten();
		raise(position, timeline);
		endPrimary();
	}

	/**
	 * Work on the primary has ended, and nothing has been written.
	 */
	public void endRead() {
		ReadFloor before = this.readFloor;
		mark(this.cluster.epoch());
		forget(before);
		endPrimary();
	}

	/**
	 * Work on the primary has ended, and nothing has been written.
	 * @param position the insert position of the primary after the read
	 * @param timeline the timeline of the primary
	 * @param before what the session may have seen on its replica before that position
	 * was read, or {@code null} for nothing
	 */
	public void endRead(long position, int timeline, @Nullable ReadFloor before) {
		raise(position, timeline);
		forget(before);
		endPrimary();
	}

	private void endPrimary() {
		synchronized (this) {
			this.open--;
		}
		this.session.advanced();
	}

	/**
	 * What the primary has shown includes all that its replicas can have shown before.
	 */
	private void forget(@Nullable ReadFloor before) {
		if (before != null && !before.isOpen()) {
			READ_FLOOR.compareAndSet(this, before, null);
		}
	}

	/**
	 * Something has been written, and committed before this call.
	 */
	void wrote() {
		assumeWritten();
		this.session.advanced();
	}

	void assumeWritten() {
		markWritten();
		mark(this.cluster.epoch());
	}

	private void markWritten() {
		this.writtenNanoTime = System.nanoTime();
		this.written = true;
		this.session.written();
	}

	/**
	 * A read starts on a replica.
	 * @param next the replica, {@link ReadFloor#OPEN}
	 */
	public void beginReplica(ReadFloor next) {
		while (true) {
			ReadFloor current = this.readFloor;
			boolean same = current != null && current.node() == next.node();
			if (current != null && !same) {
				leave(current);
			}
			ReadFloor open = (current != null && same && current.isOpen()) ? current.withReaders(current.readers() + 1)
					: next;
			if (READ_FLOOR.compareAndSet(this, current, open)) {
				if (!same) {
					this.replicaEpoch = this.cluster.epoch();
				}
				return;
			}
		}
	}

	/**
	 * A read has ended on a replica.
	 * @param next the replica, with the epoch in which the read has ended, and its
	 * position after it if that is known
	 */
	public void endReplica(ReadFloor next) {
		while (true) {
			ReadFloor current = this.readFloor;
			if (current == null || current.node() != next.node()) {
				mark(next.mark());
				return;
			}
			ReadFloor closed = (current.readers() > 1) ? current.withReaders(current.readers() - 1) : next;
			if (READ_FLOOR.compareAndSet(this, current, closed)) {
				break;
			}
		}
		if (next.position() >= 0) {
			this.session.advanced();
		}
	}

	/**
	 * The session reads on another replica: either that one has the position, or both are
	 * read at the same time.
	 */
	private void leave(ReadFloor floor) {
		if (floor.position() >= 0) {
			raise(floor.position(), this.cluster.timeline());
		}
		else {
			mark(this.cluster.epoch());
		}
	}

	private synchronized void mark(long mark) {
		this.marks++;
		if (mark > this.mark) {
			this.mark = mark;
		}
	}

	private synchronized void raise(long position, int timeline) {
		if (position > this.floor) {
			this.floor = position;
		}
		if (timeline > this.floorTimeline) {
			this.floorTimeline = timeline;
		}
	}

	/**
	 * Takes over what another process knows. A position that the primary was not known to
	 * have reached may be made up: what the primary has now includes it if it is not.
	 */
	void apply(ConsistencyToken.Position token, long age) {
		synchronized (this) {
			this.written = true;
			this.writtenNanoTime = Math.max(this.writtenNanoTime, System.nanoTime() - age);
		}
		if (this.cluster.isLost(token.timeline(), token.position())) {
			this.cluster.lost(token.timeline(), token.position());
			mark(this.cluster.epoch());
		}
		else if (token.timeline() > this.cluster.timeline()
				|| (token.isKnown() && token.position() <= this.cluster.latestInsertPosition())) {
			raise(token.position(), token.timeline());
		}
		else {
			mark(this.cluster.epoch());
		}
	}

	/**
	 * Takes over to the timeline of the current primary what it has of the position.
	 */
	public void followTimeline() {
		int timeline = this.cluster.timeline();
		if (this.cluster.isLost(this.floorTimeline, this.floor)) {
			this.cluster.lost(this.floorTimeline, this.floor);
			forgetTimeline();
		}
		synchronized (this) {
			this.floorTimeline = timeline;
		}
	}

	/**
	 * A timeline that no node is on was made up, or its primary is gone: what the current
	 * primary has now is all that there is.
	 */
	public synchronized void forgetTimeline() {
		mark(this.cluster.epoch());
		this.floor = 0;
		this.floorTimeline = 0;
	}

	/**
	 * The position for a token, or {@code null} if the session has done nothing here.
	 */
	ConsistencyToken.@Nullable Position export(boolean ask) {
		if (isUnbound() && !this.written) {
			return null;
		}
		ReadFloor readFloor;
		long mark;
		int marks;
		boolean open;
		synchronized (this) {
			readFloor = this.readFloor;
			mark = this.mark;
			marks = this.marks;
			open = this.open > 0;
		}
		long floor = this.floor;
		if (readFloor != null && !readFloor.isOpen() && readFloor.position() >= 0) {
			floor = Math.max(floor, readFloor.position());
			readFloor = null;
		}
		if (readFloor != null || open) {
			mark = this.cluster.epoch();
		}
		int timeline = this.cluster.timeline();
		long position = (mark >= 0) ? this.cluster.insertPositionAfter(mark) : 0;
		if (position < 0 && ask) {
			position = ask(timeline);
			if (position >= 0 && !open) {
				resolve(marks, readFloor, position, timeline);
			}
		}
		timeline = Math.max(this.floorTimeline, timeline);
		if (position < 0 || timeline == 0) {
			return ConsistencyToken.Position.unknown(this.cluster);
		}
		return ConsistencyToken.Position.known(this.cluster, timeline, Math.max(position, floor));
	}

	private long ask(int timeline) {
		try {
			long position = this.cluster.currentInsertPosition();
			return (this.cluster.timeline() == timeline) ? position : -1;
		}
		catch (SQLException ex) {
			return -1;
		}
	}

	/**
	 * Keeps what the primary has answered, so that it need not be asked again.
	 * @param marks the number of the marks that the position covers
	 * @param readFloor what the position covers of reads on a replica
	 */
	private synchronized void resolve(int marks, @Nullable ReadFloor readFloor, long position, int timeline) {
		raise(position, timeline);
		if (readFloor != null && !readFloor.isOpen()) {
			READ_FLOOR.compareAndSet(this, readFloor, null);
		}
		if (this.marks == marks) {
			this.mark = NONE;
		}
	}

	@Override
	public String toString() {
		return this.cluster.cluster() + ": mark " + this.mark + ", position " + NodeReading.format(this.floor)
				+ " on timeline " + this.floorTimeline + ", " + this.readFloor;
	}

}
