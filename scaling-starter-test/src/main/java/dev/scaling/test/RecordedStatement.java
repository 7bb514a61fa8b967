package dev.scaling.test;

import java.time.Duration;

/**
 * A statement, or a batch, that an application under test has executed.
 *
 * @param sql the SQL as the application has given it; that of a batch of several
 * statements is the last one's
 * @param node the id of the node that has executed it, such as {@code replica-1}
 * @param cluster the name of the node's cluster: {@code main}, or the name of a shard
 * @param onPrimary whether the node was the primary of its cluster at that time
 * @param duration how long it took until the driver had the answer, or the failure
 * @param failed whether it has failed
 * @since 0.1.0
 */
public record RecordedStatement(String sql, String node, String cluster, boolean onPrimary, Duration duration,
		boolean failed) {

	@Override
	public String toString() {
		return this.node + (this.onPrimary ? " (primary)" : "") + ": " + this.sql.strip().replaceAll("\\s+", " ")
				+ (this.failed ? " (failed)" : "");
	}

}
