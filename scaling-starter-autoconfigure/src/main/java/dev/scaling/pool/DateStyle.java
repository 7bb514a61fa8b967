package dev.scaling.pool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The date style of a client of PgBouncer. The driver asks for {@code ISO}, and servers
 * report it with the order of day and month, such as {@code ISO, MDY}. PgBouncer before
 * version 1.20 takes these for different, and sets the first one before each transaction,
 * which costs a round trip and never changes anything. It takes over for its client what
 * a server reports, but servers report changes only: so the style is changed here, and
 * changed back, and what is left is how the server names it: issue 776 of PgBouncer.
 */
final class DateStyle {

	private static final String PARAMETER = "DateStyle";

	private static final String MONTH_FIRST = "ISO, MDY";

	private static final String DAY_FIRST = "ISO, DMY";

	private DateStyle() {
	}

	/**
	 * Lets PgBouncer know the date style by the name that servers report, if it does not.
	 * It takes one transaction, in one session of the server, whose own style is the same
	 * afterwards.
	 * @param connection a connection of the driver in auto-commit mode that nobody has
	 * used yet
	 * @throws SQLException if the connection is broken; it has to be closed, which ends
	 * the transaction
	 */
	static void settle(Connection connection) throws SQLException {
		String reported = connection.unwrap(PGConnection.class).getParameterStatus(PARAMETER);
		if (reported == null || isOfServer(reported)) {
			return;
		}
		connection.setAutoCommit(false);
		String style = current(connection);
		if (style != null && isOfServer(style)) {
			change(connection, style.equals(DAY_FIRST) ? MONTH_FIRST : DAY_FIRST);
			change(connection, style);
		}
		connection.commit();
		connection.setAutoCommit(true);
	}

	/**
	 * Whether a style has the order of day and month, too.
	 */
	private static boolean isOfServer(String style) {
		return style.indexOf(',') >= 0;
	}

	private static @Nullable String current(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet resultSet = statement.executeQuery("SHOW " + PARAMETER)) {
			return resultSet.next() ? resultSet.getString(1) : null;
		}
	}

	private static void change(Connection connection, String style) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT pg_catalog.set_config('" + PARAMETER + "', ?, false)")) {
			statement.setString(1, style);
			statement.execute();
		}
	}

}
