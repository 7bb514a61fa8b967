package dev.scaling.pool;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Looks at each new physical connection before the pool gets it. Thread-safe.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ConnectionCheck {

	/**
	 * Takes every connection.
	 */
	ConnectionCheck NONE = (connection) -> {
	};

	/**
	 * Checks a connection, which is in auto-commit mode.
	 * @param connection the driver's connection
	 * @throws SQLException if the pool must not get it
	 */
	void check(Connection connection) throws SQLException;

}
