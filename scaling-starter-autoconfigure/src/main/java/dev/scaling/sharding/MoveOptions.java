package dev.scaling.sharding;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How keys are moved.
 *
 * @param lockTimeout how long the fence waits at a time for transactions that have
 * written to the keyspace's tables. Others that write to them wait as long, so it should
 * be short, and shorter than the server's {@code deadlock_timeout}
 * @param lockAttempts how often the fence is tried, 1 or more
 * @param replicaWait how long a move waits for the replicas of the new shard to have the
 * rows; it is undone if they have not
 * @param settle how long the old rows stay after the new owner has been published. As
 * long as they are there, an instance that has not heard of the move is refused; later an
 * {@code UPDATE} of it would find no row. With {@link DirectoryOptions#askWhenSilent()}
 * and more than {@link DirectoryOptions#maxAge()} here, no such instance exists
 * @since 0.1.0
 */
public record MoveOptions(Duration lockTimeout, int lockAttempts, Duration replicaWait, Duration settle) {

	/**
	 * Creates options.
	 * @throws IllegalArgumentException if one of them is out of its range
	 */
	public MoveOptions {
		Assert.isTrue(lockTimeout.toMillis() > 0, "'lockTimeout' must be 1 ms or more");
		Assert.isTrue(lockAttempts > 0, "'lockAttempts' must be 1 or more");
		Assert.isTrue(!replicaWait.isNegative(), "'replicaWait' must not be negative");
		Assert.isTrue(!settle.isNegative(), "'settle' must not be negative");
	}

	/**
	 * The defaults: 20 times 500 ms for the fence, 10 s for replicas, 2 s to settle.
	 * @return the options
	 */
	public static MoveOptions defaults() {
		return new MoveOptions(Duration.ofMillis(500), 20, Duration.ofSeconds(10), Duration.ofSeconds(2));
	}

}
