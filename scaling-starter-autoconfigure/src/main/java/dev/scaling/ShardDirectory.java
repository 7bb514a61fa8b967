package dev.scaling;

import java.util.List;
import java.util.Optional;

/**
 * The directory of a keyspace with the strategy {@code directory}: says which shard owns
 * a key, gives new keys a shard, and moves keys. Thread-safe. Keys are integers, text or
 * UUIDs; {@code 42} and {@code "42"} are one key. An entry is never removed: a key that
 * came back on another shard would not be noticed by instances that remember it.
 *
 * @since 0.1.0
 */
public interface ShardDirectory {

	/**
	 * Asks the directory, and nothing that is remembered, who owns a key.
	 * @param key the key
	 * @return the name of the shard, or empty if the key is unknown
	 */
	Optional<String> find(Object key);

	/**
	 * Gives a key to the shard that has the fewest keys, unless somebody owns it. Two
	 * instances that do so at the same time get the same answer.
	 * @param key the key
	 * @return the name of the shard that owns the key now
	 */
	String assign(Object key);

	/**
	 * Gives a key to a shard, unless somebody owns it.
	 * @param key the key
	 * @param shard the name of one of the keyspace's shards
	 * @return the name of the shard that owns the key now, maybe another one
	 * @throws IllegalArgumentException if the keyspace has no such shard
	 */
	String assign(Object key, String shard);

	/**
	 * Moves a key with all its rows to another shard, while it is in use. Writes of the
	 * key are refused with a {@link ShardMovedException} for as long as its rows take to
	 * be copied; reads go on. Must not be called within a transaction that has written
	 * rows of the keyspace: the move would wait for it.
	 * @param key the key
	 * @param shard the name of the new owner
	 * @return what has been moved
	 * @throws ShardMoveException if it could not be moved; says whether all is as it was
	 * @throws IllegalArgumentException if the keyspace has no such shard
	 */
	ShardMove move(Object key, String shard);

	/**
	 * Finishes or undoes what is left of moves whose instance has crashed, or has lost a
	 * shard: those that have not copied all rows are undone, the others are finished.
	 * Moves that are under way are left alone.
	 * @return the moves that have been finished
	 * @throws ShardMoveException if one of them can be neither finished nor undone now;
	 * the others have been
	 */
	List<ShardMove> resume();

}
