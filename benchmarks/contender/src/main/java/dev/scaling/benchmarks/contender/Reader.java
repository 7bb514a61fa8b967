package dev.scaling.benchmarks.contender;

/**
 * A service that reads.
 */
public interface Reader {

	/**
	 * Reads one row in a read-only transaction.
	 * @param id the key of the row
	 * @return the name
	 */
	String read(long id);

	/**
	 * Reads a number in a read-only transaction.
	 * @param sql the query
	 * @return the number
	 */
	long query(String sql);

}
