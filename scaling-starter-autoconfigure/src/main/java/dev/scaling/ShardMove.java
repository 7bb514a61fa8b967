package dev.scaling;

import java.time.Duration;
import java.util.Map;

/**
 * A key that has been moved to another shard.
 *
 * @param keyspace the keyspace
 * @param key the text of the key
 * @param from the shard that owned it
 * @param to the shard that owns it now
 * @param rows how many rows have been copied, by table; empty if that is not known,
 * because another instance has copied them
 * @param refused for how long writes of the key were refused: from the fence until the
 * new owner was published
 * @param duration how long all of it took
 * @since 0.1.0
 */
public record ShardMove(String keyspace, String key, String from, String to, Map<String, Long> rows, Duration refused,
		Duration duration) {

	/**
	 * Creates a move.
	 */
	public ShardMove {
		rows = Map.copyOf(rows);
	}

}
