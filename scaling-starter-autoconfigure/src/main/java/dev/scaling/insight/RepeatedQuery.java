package dev.scaling.insight;

import java.time.Duration;
import java.time.Instant;

/**
 * A statement that a place in the application executes again and again for one piece of
 * work.
 *
 * @param sql the SQL without its values
 * @param caller the method and line of the application, or "an unknown method"
 * @param work the request or transaction in which it was seen first
 * @param occurrences how many pieces of work have repeated it; those that nobody looked
 * at are not counted
 * @param maximum how often one of them has executed it
 * @param lost the time of all executions but the first one of each piece of work
 * @param lastSeen when it was seen last
 * @since 0.1.0
 */
public record RepeatedQuery(String sql, String caller, String work, long occurrences, int maximum, Duration lost,
		Instant lastSeen) {

	RepeatedQuery and(RepeatedQuery other) {
		return new RepeatedQuery(this.sql, this.caller, this.work, this.occurrences + other.occurrences,
				Math.max(this.maximum, other.maximum), this.lost.plus(other.lost), other.lastSeen);
	}

}
