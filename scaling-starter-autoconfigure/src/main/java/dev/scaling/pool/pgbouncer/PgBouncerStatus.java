package dev.scaling.pool.pgbouncer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What a PgBouncer has said of itself. Its console's own database is left out.
 *
 * @param time when it did
 * @param version the version, such as {@code 1.18.0}
 * @param pools the pools
 * @param statistics the statistics of databases
 * @param databases the databases
 * @param clients the number of client connections by state
 * @param servers the number of server connections by state
 * @param configuration the settings that matter to an application, by name
 * @param users the users that have limits of their own, or have been seen
 * @since 0.1.0
 */
public record PgBouncerStatus(Instant time, String version, List<Pool> pools, List<Statistics> statistics,
		List<Database> databases, Map<String, Long> clients, Map<String, Long> servers,
		Map<String, String> configuration, List<User> users) {

	/**
	 * Whether clients may prepare statements in transaction mode: since version 1.21, if
	 * {@code max_prepared_statements} is not 0.
	 * @return whether they may, or an empty value if that is not known
	 */
	public Optional<Boolean> preparedStatements() {
		String maximum = this.configuration.get("max_prepared_statements");
		if (maximum != null) {
			return Optional.of(!maximum.equals("0"));
		}
		return this.configuration.isEmpty() ? Optional.empty() : Optional.of(false);
	}

	/**
	 * The clients that wait for a server connection.
	 * @return the number of clients of all pools
	 */
	public long waiting() {
		return this.pools.stream().mapToLong(Pool::clientsWaiting).sum();
	}

	/**
	 * The pool of a database and a user.
	 *
	 * @param database the name of the database, as clients call it
	 * @param user the name of the user
	 * @param mode the mode of the pool, such as {@code transaction}
	 * @param clientsActive clients that have a server connection, or need none at the
	 * moment
	 * @param clientsWaiting clients that wait for one
	 * @param serversActive server connections that a client has
	 * @param serversIdle server connections that wait for a client
	 * @param serversUsed server connections that have to be checked before the next use
	 * @param serversTested server connections that are being checked or reset
	 * @param serversLogin server connections that are being made
	 * @param longestWait how long the first client in the queue has waited
	 */
	public record Pool(String database, String user, String mode, long clientsActive, long clientsWaiting,
			long serversActive, long serversIdle, long serversUsed, long serversTested, long serversLogin,
			Duration longestWait) {

	}

	/**
	 * The statistics of a database. Averages are those of the last {@code stats_period}.
	 *
	 * @param database the name of the database, as clients call it
	 * @param transactions transactions since the start
	 * @param queries queries since the start
	 * @param bytesReceived bytes from clients since the start
	 * @param bytesSent bytes to clients since the start
	 * @param transactionsPerSecond transactions in each second, on average
	 * @param queriesPerSecond queries in each second, on average
	 * @param averageTransaction how long a transaction took, on average
	 * @param averageQuery how long a query took, on average
	 * @param averageWait how long clients waited for a server connection in each second,
	 * on average
	 */
	public record Statistics(String database, long transactions, long queries, long bytesReceived, long bytesSent,
			long transactionsPerSecond, long queriesPerSecond, Duration averageTransaction, Duration averageQuery,
			Duration averageWait) {

	}

	/**
	 * A database.
	 *
	 * @param name the name, as clients call it
	 * @param host the server, or {@code null} for a local socket
	 * @param port the port of the server
	 * @param database the name of the database on the server
	 * @param poolSize how many server connections each user may have
	 * @param reserve how many more when clients wait for long
	 * @param maximum how many server connections all users may have, or 0 for no limit
	 * @param current how many there are
	 * @param paused whether the database is paused
	 * @param disabled whether new clients are refused
	 * @param user who logs in to the server for all users, or {@code null} if each of
	 * them does
	 * @param maximumClients how many clients may be connected, or 0 for no limit of its
	 * own
	 */
	public record Database(String name, @Nullable String host, int port, String database, long poolSize, long reserve,
			long maximum, long current, boolean paused, boolean disabled, @Nullable String user, long maximumClients) {

	}

	/**
	 * A user. A value that PgBouncer does not say, as older versions, is {@code null}.
	 *
	 * @param name the name
	 * @param poolSize how many server connections the user may have in each database, or
	 * {@code null} if the database says so
	 * @param reserve how many more when clients wait for long, or {@code null} if the
	 * database says so
	 * @param maximum how many server connections the user may have, 0 for no limit
	 * @param maximumClients how many clients may be connected as the user, 0 for no limit
	 */
	public record User(String name, @Nullable Long poolSize, @Nullable Long reserve, @Nullable Integer maximum,
			@Nullable Integer maximumClients) {

	}

}
