package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

/**
 * How long work on the nodes of one role may take. The server is told at the beginning of
 * each transaction and forgets it at its end, so that a pooler passes nothing on to
 * others. Immutable.
 *
 * @since 0.1.0
 */
public final class TimeLimits {

	/**
	 * No limits but those of the server.
	 */
	public static final TimeLimits NONE = new TimeLimits(null, 0);

	private final @Nullable String settings;

	private final int statementSeconds;

	private TimeLimits(@Nullable String settings, int statementSeconds) {
		this.settings = settings;
		this.statementSeconds = statementSeconds;
	}

	/**
	 * Creates limits, each of which may be {@code null} for the server's own, or zero for
	 * none.
	 * @param statement how long a statement may take
	 * @param lock how long a statement may wait for a lock
	 * @param idleInTransaction how long a transaction may do nothing
	 * @return the limits, never {@code null}
	 */
	public static TimeLimits of(@Nullable Duration statement, @Nullable Duration lock,
			@Nullable Duration idleInTransaction) {
		List<String> settings = new ArrayList<>();
		add(settings, "statement_timeout", statement);
		add(settings, "lock_timeout", lock);
		add(settings, "idle_in_transaction_session_timeout", idleInTransaction);
		return settings.isEmpty() ? NONE : new TimeLimits(String.join("; ", settings),
				(statement != null) ? Math.toIntExact(statement.plusMillis(999).toSeconds()) : 0);
	}

	private static void add(List<String> settings, String parameter, @Nullable Duration value) {
		if (value != null) {
			settings.add("SET LOCAL " + parameter + " = " + value.toMillis());
		}
	}

	/**
	 * Whether there is nothing to tell the server.
	 */
	boolean isEmpty() {
		return this.settings == null;
	}

	/**
	 * Applies the limits, and the isolation level if one is given, to the transaction
	 * that begins: all in one message, which takes the driver's BEGIN along.
	 * @param shared whether the schema, too, has to end with the transaction
	 */
	void apply(Connection physical, @Nullable ConnectionSettings connection, boolean shared) throws SQLException {
		String isolation = (connection != null && connection.isolation != Connection.TRANSACTION_NONE)
				? "SET TRANSACTION ISOLATION LEVEL " + ConnectionSettings.isolationName(connection.isolation) : null;
		String schema = (connection != null && shared) ? connection.schema() : null;
		if (schema != null) {
			schema = ConnectionSettings.localSchema(schema);
		}
		if (this.settings == null && isolation == null && schema == null) {
			return;
		}
		StringJoiner sql = new StringJoiner("; ");
		for (String part : new @Nullable String[] { isolation, this.settings, schema }) {
			if (part != null) {
				sql.add(part);
			}
		}
		try (Statement statement = physical.createStatement()) {
			statement.execute(sql.toString());
		}
	}

	/**
	 * Applies the limit to a statement in auto-commit mode, where there is no transaction
	 * to which it could belong: the driver cancels it.
	 */
	void applyTo(Statement statement) throws SQLException {
		if (this.statementSeconds > 0) {
			statement.setQueryTimeout(this.statementSeconds);
		}
	}

}
