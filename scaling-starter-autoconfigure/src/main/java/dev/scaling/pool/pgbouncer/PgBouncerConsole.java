package dev.scaling.pool.pgbouncer;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.util.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * The administration console of a PgBouncer. Columns are taken by their names, because
 * versions have different ones. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class PgBouncerConsole implements AutoCloseable {

	private static final String OWN_DATABASE = "pgbouncer";

	private static final Set<String> SHOWN_SETTINGS = Set.of("pool_mode", "max_client_conn", "default_pool_size",
			"min_pool_size", "reserve_pool_size", "reserve_pool_timeout", "max_db_connections", "max_user_connections",
			"max_db_client_connections", "max_user_client_connections", "server_idle_timeout", "server_lifetime",
			"server_login_retry", "server_reset_query", "query_timeout", "query_wait_timeout", "client_idle_timeout",
			"max_prepared_statements", "stats_period");

	private static final long MICROSECOND = 1000;

	private final String url;

	private final HikariCredentialsProvider credentials;

	private final Properties properties = new Properties();

	private @Nullable Connection connection;

	/**
	 * Creates a console, which is not connected yet.
	 * @param url the JDBC URL of the database {@code pgbouncer}
	 * @param username the name of a user who is listed in {@code admin_users} or
	 * {@code stats_users}
	 * @param password the password of the user, or {@code null} if there is none
	 * @param timeout how long to wait for an answer, at least a second
	 */
	public PgBouncerConsole(String url, @Nullable String username, @Nullable String password, Duration timeout) {
		this(url, () -> Credentials.of(username, password), timeout);
	}

	/**
	 * Creates a console, which is not connected yet.
	 * @param url the JDBC URL of the database {@code pgbouncer}
	 * @param credentials is asked, for each new connection, for a user who is listed in
	 * {@code admin_users} or {@code stats_users}
	 * @param timeout how long to wait for an answer, at least a second
	 */
	public PgBouncerConsole(String url, HikariCredentialsProvider credentials, Duration timeout) {
		this.url = url;
		this.credentials = credentials;
		String seconds = String.valueOf(Math.max(1, timeout.toSeconds()));
		this.properties.setProperty("connectTimeout", seconds);
		this.properties.setProperty("loginTimeout", seconds);
		this.properties.setProperty("socketTimeout", seconds);
		// The console knows the simple protocol only, and no SET: see pgjdbc's
		// 'replication'.
		this.properties.setProperty("preferQueryMode", "simple");
		this.properties.setProperty("replication", "true");
	}

	/**
	 * Asks for everything.
	 * @return the answers, never {@code null}
	 * @throws SQLException if the console cannot be reached, does not let the user in, or
	 * does not answer in time
	 */
	public PgBouncerStatus read() throws SQLException {
		try {
			Connection connection = connection();
			return new PgBouncerStatus(Instant.now(), version(connection), pools(connection), statistics(connection),
					databases(connection), byState(connection, "SHOW CLIENTS"), byState(connection, "SHOW SERVERS"),
					configuration(connection), users(connection));
		}
		catch (SQLException ex) {
			close();
			throw ex;
		}
	}

	private Connection connection() throws SQLException {
		Connection connection = this.connection;
		if (connection == null || connection.isClosed()) {
			Driver driver = DriverManager.getDriver(this.url);
			connection = Objects.requireNonNull(driver.connect(this.url, login()));
			this.connection = connection;
		}
		return connection;
	}

	private Properties login() {
		Credentials credentials = this.credentials.getCredentials();
		Properties login = new Properties();
		login.putAll(this.properties);
		if (credentials.getUsername() != null) {
			login.setProperty("user", credentials.getUsername());
		}
		if (credentials.getPassword() != null) {
			login.setProperty("password", credentials.getPassword());
		}
		return login;
	}

	private static String version(Connection connection) throws SQLException {
		List<Row> rows = show(connection, "SHOW VERSION");
		return rows.isEmpty() ? "" : rows.get(0).text("version").replaceFirst("(?i)^pgbouncer\\s+", "");
	}

	private static List<PgBouncerStatus.Pool> pools(Connection connection) throws SQLException {
		List<PgBouncerStatus.Pool> pools = new ArrayList<>();
		for (Row row : show(connection, "SHOW POOLS")) {
			if (!row.text("database").equals(OWN_DATABASE)) {
				pools.add(new PgBouncerStatus.Pool(row.text("database"), row.text("user"), row.text("pool_mode"),
						row.number("cl_active"), row.number("cl_waiting"), row.number("sv_active"),
						row.number("sv_idle"), row.number("sv_used"), row.number("sv_tested"), row.number("sv_login"),
						Duration.ofSeconds(row.number("maxwait")).plus(row.microseconds("maxwait_us"))));
			}
		}
		return pools;
	}

	private static List<PgBouncerStatus.Statistics> statistics(Connection connection) throws SQLException {
		List<PgBouncerStatus.Statistics> statistics = new ArrayList<>();
		for (Row row : show(connection, "SHOW STATS")) {
			if (!row.text("database").equals(OWN_DATABASE)) {
				statistics.add(new PgBouncerStatus.Statistics(row.text("database"), row.number("total_xact_count"),
						row.number("total_query_count"), row.number("total_received"), row.number("total_sent"),
						row.number("avg_xact_count"), row.number("avg_query_count"), row.microseconds("avg_xact_time"),
						row.microseconds("avg_query_time"), row.microseconds("avg_wait_time")));
			}
		}
		return statistics;
	}

	private static List<PgBouncerStatus.Database> databases(Connection connection) throws SQLException {
		List<PgBouncerStatus.Database> databases = new ArrayList<>();
		for (Row row : show(connection, "SHOW DATABASES")) {
			if (!row.text("name").equals(OWN_DATABASE)) {
				String host = row.text("host");
				String user = row.text("force_user");
				databases.add(new PgBouncerStatus.Database(row.text("name"), host.isEmpty() ? null : host,
						(int) row.number("port"), row.text("database"), row.number("pool_size"),
						row.number(row.has("reserve_pool_size") ? "reserve_pool_size" : "reserve_pool"),
						row.number("max_connections"), row.number("current_connections"), row.number("paused") != 0,
						row.number("disabled") != 0, user.isEmpty() ? null : user,
						row.number("max_client_connections")));
			}
		}
		return databases;
	}

	private static Map<String, Long> byState(Connection connection, String sql) throws SQLException {
		Map<String, Long> numbers = new TreeMap<>();
		for (Row row : show(connection, sql)) {
			if (!row.text("database").equals(OWN_DATABASE)) {
				numbers.merge(row.text("state"), 1L, Long::sum);
			}
		}
		return numbers;
	}

	private static Map<String, String> configuration(Connection connection) throws SQLException {
		Map<String, String> configuration = new TreeMap<>();
		for (Row row : show(connection, "SHOW CONFIG")) {
			if (SHOWN_SETTINGS.contains(row.text("key"))) {
				configuration.put(row.text("key"), row.text("value"));
			}
		}
		return configuration;
	}

	private static List<PgBouncerStatus.User> users(Connection connection) throws SQLException {
		List<PgBouncerStatus.User> users = new ArrayList<>();
		for (Row row : show(connection, "SHOW USERS")) {
			if (!row.text("name").equals(OWN_DATABASE)) {
				users.add(new PgBouncerStatus.User(row.text("name"), row.numberIfAny("pool_size"),
						row.numberIfAny("reserve_pool_size"), row.smallNumberIfAny("max_user_connections"),
						row.smallNumberIfAny("max_user_client_connections")));
			}
		}
		return users;
	}

	private static List<Row> show(Connection connection, String sql) throws SQLException {
		List<Row> rows = new ArrayList<>();
		try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			ResultSetMetaData columns = result.getMetaData();
			while (result.next()) {
				Map<String, String> values = new LinkedHashMap<>();
				for (int i = 1; i <= columns.getColumnCount(); i++) {
					String value = result.getString(i);
					values.put(columns.getColumnLabel(i), (value != null) ? value : "");
				}
				rows.add(new Row(values));
			}
		}
		return rows;
	}

	/**
	 * Ends the connection. The next question makes a new one.
	 */
	@Override
	public void close() {
		Connection connection = this.connection;
		this.connection = null;
		if (connection != null) {
			try {
				connection.close();
			}
			catch (SQLException ex) {
				// it is not used any more
			}
		}
	}

	private record Row(Map<String, String> values) {

		boolean has(String column) {
			return this.values.containsKey(column);
		}

		String text(String column) {
			return this.values.getOrDefault(column, "");
		}

		long number(String column) {
			String value = text(column);
			return value.isEmpty() ? 0 : Long.parseLong(value);
		}

		@Nullable Long numberIfAny(String column) {
			String value = text(column).strip();
			return value.isEmpty() ? null : Long.valueOf(value);
		}

		@Nullable Integer smallNumberIfAny(String column) {
			Long value = numberIfAny(column);
			return (value != null) ? value.intValue() : null;
		}

		Duration microseconds(String column) {
			return Duration.ofNanos(number(column) * MICROSECOND);
		}

	}

}
