package dev.scaling.consistency;

import dev.scaling.topology.Node;

/**
 * What reads on a replica may have seen: no more than the replica has replayed when it
 * answers a probe of an epoch greater than {@link #mark()}.
 *
 * @param node the replica
 * @param mark the epoch in which the last read ended, or {@link #OPEN}
 * @param position the position of the replica after the last read, which bounds it as
 * well, or -1 if unknown
 * @param readers how many reads have not ended
 * @since 0.1.0
 */
public record ReadFloor(Node node, long mark, long position, int readers) {

	/**
	 * The mark of a read that has not ended.
	 */
	public static final long OPEN = Long.MAX_VALUE;

	/**
	 * Creates a floor of an unknown position.
	 * @param node the replica
	 * @param mark the epoch in which the last read ended, or {@link #OPEN}
	 */
	public ReadFloor(Node node, long mark) {
		this(node, mark, -1, (mark == OPEN) ? 1 : 0);
	}

	/**
	 * Creates a floor of a known position.
	 * @param node the replica
	 * @param mark the epoch in which the last read ended
	 * @param position the position of the replica after it
	 */
	public ReadFloor(Node node, long mark, long position) {
		this(node, mark, position, 0);
	}

	/**
	 * The same replica with another number of reads that have not ended.
	 */
	ReadFloor withReaders(int readers) {
		return new ReadFloor(this.node, OPEN, -1, readers);
	}

	/**
	 * Whether the read has not ended.
	 * @return {@code true} if no probe bounds it yet
	 */
	public boolean isOpen() {
		return this.mark == OPEN;
	}

}
