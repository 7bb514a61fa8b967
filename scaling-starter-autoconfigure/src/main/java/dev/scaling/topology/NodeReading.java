package dev.scaling.topology;

import java.time.Instant;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What one probe has seen of a node. Positions in the WAL are numbers of bytes.
 *
 * @param epoch the number of the probe: it was sent after all smaller numbers had been
 * given out
 * @param nanoTime when the probe was sent, in {@link System#nanoTime()}
 * @param server which server has answered
 * @param inRecovery whether it is a standby
 * @param readOnly whether its transactions are read-only by default, as when a managed
 * service runs out of disk space
 * @param timeline the timeline: of a primary the one that it writes, of a standby the one
 * that it receives, or was on at least if it receives nothing; 0 if unknown, as for a
 * standby without the rights of {@code pg_monitor}
 * @param insertPosition the position up to which a primary has written to its buffers, 0
 * on a standby
 * @param flushPosition the position up to which a primary has written to its disk, 0 on a
 * standby
 * @param receivePosition the position up to which a standby has received, 0 if none
 * @param replayPosition the position up to which a standby has replayed; on a primary
 * that was promoted since its start, where its timeline begins; 0 if none
 * @param lastReplay when the last replayed transaction had been committed, by the clock
 * of the primary, or {@code null} if there is none
 * @since 0.1.0
 */
public record NodeReading(long epoch, long nanoTime, Server server, boolean inRecovery, boolean readOnly, int timeline,
		long insertPosition, long flushPosition, long receivePosition, long replayPosition,
		@Nullable Instant lastReplay) {

	/**
	 * Text form of a position, such as {@code 0/3000148}.
	 * @param position the position
	 * @return the text as PostgreSQL has it
	 */
	public static String format(long position) {
		return Long.toHexString(position >>> 32).toUpperCase(Locale.ROOT) + "/"
				+ Long.toHexString(position & 0xFFFFFFFFL).toUpperCase(Locale.ROOT);
	}

}
