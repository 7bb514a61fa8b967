package dev.scaling.pool.pgbouncer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import dev.scaling.topology.Node;
import dev.scaling.topology.PoolerMode;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@code pgbouncer.ini} for the nodes of an application: one database for each
 * node, and the settings of an application that holds a server connection only while a
 * transaction runs. It contains no secrets.
 *
 * @since 0.1.0
 */
public final class PgBouncerIni {

	private static final int DEFAULT_POOL_SIZE = 50;

	private static final int MAX_DB_CONNECTIONS = 100;

	private static final int RESERVE = 10;

	private static final int DEFAULT_PORT = 5432;

	private static final String PREFIX = "jdbc:postgresql:";

	private static final String SETTINGS = """

			[pgbouncer]
			listen_addr = 0.0.0.0
			listen_port = 6432
			;logfile = /var/log/postgresql/pgbouncer.log
			;pidfile = /var/run/postgresql/pgbouncer.pid

			; A line of auth_file for each user: "name" "SCRAM-SHA-256$4096:..."
			; SELECT format('"%s" "%s"', rolname, rolpassword) FROM pg_authid WHERE rolname = 'app';
			auth_type = scram-sha-256
			auth_file = /etc/pgbouncer/userlist.txt
			admin_users = pgbouncer_admin
			stats_users = pgbouncer_monitor

			; A server connection belongs to a client only while its transaction runs:
			; set 'scaling.pgbouncer.mode' to transaction, too.
			pool_mode = transaction
			max_client_conn = 2000
			default_pool_size = 50
			min_pool_size = 10
			reserve_pool_size = 10
			reserve_pool_timeout = 5
			max_db_connections = 100

			; What the driver sends in its first message and PgBouncer does not know.
			ignore_startup_parameters = extra_float_digits

			; From 1.21 on: lets clients prepare statements, with 'scaling.pgbouncer.prepared-statements: true'.
			;max_prepared_statements = 200

			server_idle_timeout = 600
			client_idle_timeout = 0
			server_connect_timeout = 15
			query_timeout = 0
			query_wait_timeout = 120

			; After a failed login, clients get errors for so long: 15 s unless it is said.
			server_login_retry = 1

			; Not run in transaction mode (server_reset_query_always is 0): what a client sets
			; on its session reaches others. The starter leaves nothing on a session.
			server_reset_query = DISCARD ALL
			server_check_delay = 30
			server_check_query = SELECT 1

			log_connections = 0
			log_disconnections = 0
			log_pooler_errors = 1
			stats_period = 60
			""";

	private PgBouncerIni() {
	}

	/**
	 * Writes the file.
	 * @param entries the nodes
	 * @return the text
	 */
	public static String write(List<Entry> entries) {
		List<String> lines = new ArrayList<>();
		lines.add("; Made for the nodes of the application. It names no secrets.");
		lines.add("; Point the URLs of the nodes here: jdbc:postgresql://pgbouncer:6432/<name of the database below>");
		lines.add("[databases]");
		entries.forEach((entry) -> lines.addAll(lines(entry)));
		return String.join("\n", lines) + "\n" + SETTINGS;
	}

	private static List<String> lines(Entry entry) {
		List<String> lines = new ArrayList<>();
		String name = entry.node().id().replace('/', '.');
		Address address = Address.of(entry.node().url());
		if (address == null) {
			lines.add("; " + name + " has no URL that tells its server");
			return lines;
		}
		if (address.others()) {
			lines.add("; the URL of " + name + " has several hosts, and this is the first of them");
		}
		if (entry.poolerMode() != PoolerMode.NONE) {
			lines.add("; the URL of " + name
					+ " leads through a pooler already: put the host, port and dbname of its server here");
		}
		String limits = "";
		if (entry.usable().isPresent() && entry.usable().getAsInt() < MAX_DB_CONNECTIONS) {
			int usable = Math.max(1, entry.usable().getAsInt());
			int size = Math.max(1, Math.min(DEFAULT_POOL_SIZE, usable - Math.min(RESERVE, usable / 5)));
			lines.add("; the server of " + name + " has " + usable + " connections for this application, not "
					+ MAX_DB_CONNECTIONS);
			limits = " pool_size=" + size + " reserve_pool=" + Math.min(RESERVE, usable - size) + " max_db_connections="
					+ usable;
		}
		lines.add(name + " = host=" + address.host() + " port=" + address.port() + " dbname=" + address.database()
				+ limits);
		return lines;
	}

	/**
	 * A node.
	 *
	 * @param node the node
	 * @param poolerMode how a pooler lends its connections already
	 * @param usable how many connections the server has for the application, or an empty
	 * value if nobody knows
	 */
	public record Entry(Node node, PoolerMode poolerMode, OptionalInt usable) {

	}

	/**
	 * The server of a JDBC URL.
	 */
	private record Address(String host, int port, String database, boolean others) {

		static @Nullable Address of(@Nullable String url) {
			if (url == null || !url.startsWith(PREFIX + "//")) {
				return null;
			}
			String rest = url.substring(PREFIX.length() + 2);
			int parameters = rest.indexOf('?');
			rest = (parameters >= 0) ? rest.substring(0, parameters) : rest;
			int slash = rest.indexOf('/');
			String hosts = (slash >= 0) ? rest.substring(0, slash) : rest;
			String database = (slash >= 0) ? rest.substring(slash + 1) : "";
			int comma = hosts.indexOf(',');
			String host = (comma >= 0) ? hosts.substring(0, comma) : hosts;
			int colon = host.lastIndexOf(':');
			boolean port = colon > host.lastIndexOf(']');
			return new Address(port ? host.substring(0, colon) : host,
					port ? Integer.parseInt(host.substring(colon + 1)) : DEFAULT_PORT,
					database.isEmpty() ? "postgres" : database, comma >= 0);
		}

	}

}
