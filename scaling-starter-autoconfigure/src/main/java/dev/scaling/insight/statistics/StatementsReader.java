package dev.scaling.insight.statistics;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.scaling.insight.SqlText;
import dev.scaling.insight.statistics.ServerStatistics.Blocks;
import dev.scaling.insight.statistics.ServerStatistics.Missing;
import dev.scaling.insight.statistics.ServerStatistics.Statement;
import dev.scaling.insight.statistics.ServerStatistics.Statements;
import org.jspecify.annotations.Nullable;

/**
 * Reads pg_stat_statements, if it is there.
 */
final class StatementsReader {

	private static final String NAME = "pg_stat_statements";

	private static final String NOT_IN_PREREQUISITE_STATE = "55000";

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private static final String EXTENSION = """
			SELECT quote_ident(n.nspname), e.extversion ~ '^1\\.[0-8]$' FROM pg_extension e, pg_namespace n
			WHERE e.extname = 'pg_stat_statements' AND n.oid = e.extnamespace
			""";

	/**
	 * The first row holds the sums, in which statements inside of functions do not count
	 * again. The same statement of several users is one.
	 */
	private static final String STATEMENTS = """
			WITH entries AS MATERIALIZED (
				SELECT queryid, query, toplevel, calls, total_exec_time AS time, rows, shared_blks_hit AS hit,
					shared_blks_read AS read, wal_bytes AS wal
				FROM %1$s.pg_stat_statements
				WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
					AND position('%2$s' IN query) = 0),
			statements AS MATERIALIZED (
				SELECT queryid, left(min(query), 4000) AS query, sum(calls) AS calls, sum(time) AS time,
					sum(rows) AS rows, sum(hit) AS hit, sum(read) AS read, sum(wal) AS wal
				FROM entries WHERE queryid IS NOT NULL GROUP BY queryid)
			(SELECT 0, NULL::bigint, NULL, sum(calls), sum(time), sum(time) FILTER (WHERE wal = 0), NULL, NULL, NULL,
				(SELECT (extract(epoch FROM stats_reset) * 1000000)::bigint FROM %1$s.pg_stat_statements_info)
			FROM entries WHERE toplevel)
			UNION ALL (SELECT 1, queryid, query, calls, time, rows, hit, read, wal, NULL FROM statements
				ORDER BY time DESC LIMIT 10)
			UNION ALL (SELECT 2, queryid, query, calls, time, rows, hit, read, wal, NULL FROM statements
				ORDER BY time / calls DESC LIMIT 10)
			""";

	private final BoundedTransaction transaction;

	private final String user;

	private final String database;

	private final @Nullable String libraries;

	private final List<Missing> missing;

	/**
	 * Creates a reader.
	 * @param user who asks, quoted
	 * @param libraries {@code shared_preload_libraries}, or {@code null} if the user may
	 * not know
	 * @param missing is told if there is nothing to read
	 */
	StatementsReader(BoundedTransaction transaction, String user, String database, @Nullable String libraries,
			List<Missing> missing) {
		this.transaction = transaction;
		this.user = user;
		this.database = database;
		this.libraries = libraries;
		this.missing = missing;
	}

	@Nullable Statements read() throws SQLException {
		List<Extension> extensions = this.transaction.query(EXTENSION, (resultSet) -> resultSet.next()
				? List.of(new Extension(resultSet.getString(1), resultSet.getBoolean(2))) : List.of());
		if (extensions.isEmpty()) {
			boolean loaded = this.libraries != null && this.libraries.contains(NAME);
			this.missing.add(new Missing(NAME, "The extension is not in the database " + this.database,
					loaded ? "CREATE EXTENSION " + NAME : preload() + ", then CREATE EXTENSION " + NAME));
			return null;
		}
		Extension extension = extensions.get(0);
		if (extension.old()) {
			this.missing.add(new Missing(NAME, "The extension in the database " + this.database + " is too old",
					"ALTER EXTENSION " + NAME + " UPDATE"));
			return null;
		}
		try {
			return this.transaction.query(STATEMENTS.formatted(extension.schema(), BoundedTransaction.MARK),
					StatementsReader::statements);
		}
		catch (SQLException ex) {
			Missing missing = switch (String.valueOf(ex.getSQLState())) {
				case NOT_IN_PREREQUISITE_STATE ->
					new Missing(NAME, "The server has not loaded the library of the extension", preload());
				case INSUFFICIENT_PRIVILEGE -> new Missing(NAME,
						"The user " + this.user + " may not use the extension's schema " + extension.schema(),
						"GRANT USAGE ON SCHEMA " + extension.schema() + " TO " + this.user);
				default -> throw ex;
			};
			this.missing.add(missing);
			return null;
		}
	}

	/**
	 * Other libraries must not be forgotten.
	 */
	private String preload() {
		String others = (this.libraries != null && !this.libraries.isBlank()) ? this.libraries + ", " : "";
		return "Set shared_preload_libraries = '" + others + NAME + "' and restart the server";
	}

	private static Statements statements(ResultSet resultSet) throws SQLException {
		resultSet.next();
		long calls = resultSet.getLong(4);
		Duration time = milliseconds(resultSet.getDouble(5));
		Duration readTime = milliseconds(resultSet.getDouble(6));
		Instant since = ServerReader.instant(resultSet, 10);
		List<Statement> byTotalTime = new ArrayList<>();
		List<Statement> byMeanTime = new ArrayList<>();
		while (resultSet.next()) {
			((resultSet.getInt(1) == 1) ? byTotalTime : byMeanTime).add(statement(resultSet));
		}
		return new Statements(since, calls, time, readTime, List.copyOf(byTotalTime), List.copyOf(byMeanTime));
	}

	private static Statement statement(ResultSet resultSet) throws SQLException {
		long calls = resultSet.getLong(4);
		double time = resultSet.getDouble(5);
		return new Statement(resultSet.getLong(2), SqlText.withoutValues(resultSet.getString(3)), calls,
				milliseconds(time), milliseconds(time / Math.max(1, calls)), resultSet.getLong(6),
				new Blocks(resultSet.getLong(7), resultSet.getLong(8)), resultSet.getLong(9));
	}

	private static Duration milliseconds(double milliseconds) {
		return Duration.ofNanos((long) (milliseconds * 1_000_000));
	}

	private record Extension(String schema, boolean old) {

	}

}
