package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens the connection on which an instance hears of changes of a directory. It is kept,
 * and so should not be one of a pool.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface DirectoryConnector {

	/**
	 * Opens a connection to the primary of the directory's cluster, past a transaction
	 * pooler if notifications are wanted.
	 * @return the connection, which the caller closes
	 * @throws SQLException if there is none now; it is tried again later
	 */
	Connection connect() throws SQLException;

}
