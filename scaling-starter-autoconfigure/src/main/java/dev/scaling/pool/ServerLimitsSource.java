package dev.scaling.pool;

import java.time.Duration;

import dev.scaling.routing.NodePool;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the servers of a cluster, and of those who share them. Thread-safe.
 *
 * @since 0.1.0
 */
public interface ServerLimitsSource extends InstanceCount {

	/**
	 * The limits of the server that a node was on last.
	 * @param pool the node
	 * @return what was read last, or {@code null} if nothing was yet
	 */
	@Nullable ServerLimits limits(NodePool pool);

	/**
	 * Why the limits of a node cannot be read although it answers.
	 * @param pool the node
	 * @return the reason, or {@code null} if they were read, or nobody has tried
	 */
	@Nullable String refusal(NodePool pool);

	/**
	 * Whether the number of instances was counted within the given time, or is fixed.
	 * @param age the time
	 * @return {@code true} if pools may grow by that number
	 */
	boolean isCountedWithin(Duration age);

	/**
	 * Whether the number of instances was configured.
	 * @return {@code true} if it is not counted
	 */
	boolean isFixed();

}
