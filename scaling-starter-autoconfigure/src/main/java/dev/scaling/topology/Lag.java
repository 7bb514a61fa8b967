package dev.scaling.topology;

import java.time.Duration;

/**
 * How far a replica is behind its primary.
 *
 * @param time the age of the oldest sampled position of the primary that the replica has
 * not replayed, zero if there is none. It needs no clock of another machine, and an idle
 * primary does not make it grow
 * @param bytes the bytes of WAL between the replica and the latest sampled position of
 * the primary, 0 or more
 * @since 0.1.0
 */
public record Lag(Duration time, long bytes) {

	/**
	 * No lag.
	 */
	public static final Lag NONE = new Lag(Duration.ZERO, 0);

	@Override
	public String toString() {
		return this.time.toMillis() + " ms, " + this.bytes + " bytes";
	}

}
