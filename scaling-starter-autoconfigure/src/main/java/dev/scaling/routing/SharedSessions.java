package dev.scaling.routing;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Locale;

/**
 * Refusals of what does not work on a session that a pooler lends to one client after the
 * other.
 */
final class SharedSessions {

	private static final String STATE = "0A000";

	private static final int SHOWN = 200;

	private SharedSessions() {
	}

	/**
	 * SQL that leaves something on the session.
	 */
	static SQLException state(NodePool pool, String sql) {
		return new SQLFeatureNotSupportedException("'" + shortened(sql) + "' would leave something on the session, but "
				+ pool.node().id() + " is behind a pooler in " + mode(pool)
				+ " mode, which gives the session to other clients, and this connection another one: use what ends with"
				+ " the transaction (SET LOCAL, set_config(..., true), pg_advisory_xact_lock, ON COMMIT DROP, a cursor"
				+ " without HOLD), ALTER ROLE ... SET, or a pooler in session mode with"
				+ " 'scaling.pgbouncer.mode: session'", STATE);
	}

	/**
	 * A transaction where each statement is one.
	 */
	static SQLException transaction(NodePool pool) {
		return new SQLFeatureNotSupportedException("The transaction" + TransactionName.ofMethod() + " cannot begin on "
				+ pool.node().id()
				+ ", because its pooler is in statement mode, which allows no transaction of several statements: run the"
				+ " statements without a transaction (auto-commit), or set 'pool_mode = transaction' in pgbouncer.ini"
				+ " and 'scaling.pgbouncer.mode: transaction'", STATE);
	}

	/**
	 * A schema that would be left on the session.
	 */
	static SQLException schemaOutsideOfTransaction(NodePool pool, String schema) {
		return new SQLFeatureNotSupportedException("The schema '" + schema
				+ "' of the connection cannot apply outside of a transaction, because " + pool.node().id()
				+ " is behind a pooler in " + mode(pool)
				+ " mode, where it ends with the transaction: work in a transaction, or name the schema in the SQL",
				STATE);
	}

	private static String mode(NodePool pool) {
		return pool.poolerMode().name().toLowerCase(Locale.ROOT);
	}

	private static String shortened(String sql) {
		String line = sql.strip().replaceAll("\\s+", " ");
		return (line.length() <= SHOWN) ? line : line.substring(0, SHOWN) + "...";
	}

}
