package dev.scaling.benchmarks.contender;

import java.util.List;
import java.util.function.Consumer;

/**
 * A service whose table {@code item (id bigint PRIMARY KEY, name text, rank bigint)} is
 * spread over the shards by {@code id}, with an index on {@code rank}. {@link Items} has
 * the statements.
 */
public interface ShardStore {

	/**
	 * Reads the row of a key in a read-only transaction.
	 * @param id the key
	 * @return the name
	 */
	String get(long id);

	/**
	 * Writes a row in a transaction.
	 * @param id the key
	 */
	void insert(long id);

	/**
	 * Asks all shards for something that keeps each of them busy for 5 ms.
	 * @return the sum of their answers, which is {@value Items#COUNTED}
	 */
	long gather();

	/**
	 * Reads the first rows of all shards.
	 * @param limit the number of rows
	 * @return the names, ordered by rank
	 */
	List<String> first(int limit);

	/**
	 * Reads all rows of all shards and keeps none.
	 * @param names takes the names, ordered by rank
	 */
	void scan(Consumer<String> names);

}
