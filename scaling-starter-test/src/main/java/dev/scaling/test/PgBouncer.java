package dev.scaling.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * A PgBouncer in front of nodes of a {@link PostgresCluster}: a process of this machine,
 * from the program that is installed on it, on a port of the loopback interface.
 * <p>
 * Each node is a database of its own name, with {@code .} for {@code /}. Every user of
 * the file is trusted.
 * <p>
 * The process ends with {@link #close()}, and also when the JVM ends without it.
 *
 * @since 0.1.0
 */
public final class PgBouncer implements AutoCloseable {

	/**
	 * The user that may use the console, and change what is in it.
	 */
	public static final String ADMIN = "pgbouncer_admin";

	/**
	 * The user that may read the console.
	 */
	public static final String STATS = "pgbouncer_monitor";

	private static final String SUPERUSER = "postgres";

	private static final List<Path> DIRECTORIES = Stream
		.concat(Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
				Stream.of("/usr/sbin", "/usr/local/sbin"))
		.map(Path::of)
		.toList();

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final TemporaryDirectory directory;

	private final ReservedPort port = new ReservedPort(Platform.current().isLinux());

	private final Path program;

	private volatile @Nullable Process process;

	private PgBouncer(Builder builder) {
		this.program = program().orElseThrow(() -> new IllegalStateException(
				"There is no program 'pgbouncer' on this machine: install it (Debian's package 'pgbouncer')"));
		this.directory = TemporaryDirectory.create(Platform.current());
		try {
			Files.writeString(file("pgbouncer.ini"), builder.configuration(this));
			Files.writeString(file("userlist.txt"), builder.userList());
			start();
		}
		catch (IOException ex) {
			close();
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Whether the program is installed on this machine.
	 * @return {@code true} if a PgBouncer can be started
	 */
	public static boolean isInstalled() {
		return program().isPresent();
	}

	private static Optional<Path> program() {
		return DIRECTORIES.stream()
			.map((directory) -> directory.resolve("pgbouncer"))
			.filter(Files::isExecutable)
			.findFirst();
	}

	/**
	 * Start to describe a PgBouncer.
	 * @return a builder with the defaults: transaction mode
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Host on which it listens.
	 * @return the host
	 */
	public String host() {
		return this.port.host();
	}

	/**
	 * Port on which it listens, which stays the same.
	 * @return the port
	 */
	public int port() {
		return this.port.number();
	}

	/**
	 * JDBC URL of a node behind it.
	 * @param node one of the nodes that it was given
	 * @return the URL, without credentials
	 */
	public String jdbcUrl(PostgresNode node) {
		return url(database(node));
	}

	/**
	 * JDBC URL of its console.
	 * @return the URL, without credentials and the parameters that the console needs
	 */
	public String adminJdbcUrl() {
		return url("pgbouncer");
	}

	private String url(String database) {
		return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), database);
	}

	/**
	 * Connections to its console as {@link #ADMIN}.
	 * @return a data source without a pool
	 */
	public DataSource admin() {
		PGSimpleDataSource dataSource = Console.dataSource(host(), port(), "pgbouncer", ADMIN);
		dataSource.setPreferQueryMode(PreferQueryMode.SIMPLE);
		dataSource.setReplication("true");
		return dataSource;
	}

	/**
	 * Whether the process is there.
	 * @return {@code true} for a frozen one, too
	 */
	public boolean isRunning() {
		Process process = this.process;
		return process != null && process.isAlive();
	}

	/**
	 * Start it, if it was killed.
	 */
	public void start() {
		if (isRunning()) {
			return;
		}
		try {
			Files.deleteIfExists(file("pgbouncer.pid"));
			this.port.lend();
			List<String> command = new ArrayList<>(Platform.current().launcher());
			command.addAll(List.of(this.program.toString(), file("pgbouncer.ini").toString()));
			Process process = new ProcessBuilder(command).directory(this.directory.path().toFile())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(file("output.log").toFile()))
				.start();
			this.process = process;
			if (!Condition.await(TIMEOUT, () -> !process.isAlive() || Files.exists(file("pgbouncer.pid")))
					|| !process.isAlive()) {
				kill();
				throw new IllegalStateException("PgBouncer did not start: " + log());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * End it at once, as a crash does.
	 */
	public void kill() {
		Process process = this.process;
		if (process != null) {
			ProcessTree.of(process).kill();
			this.process = null;
			this.port.takeBack();
		}
	}

	/**
	 * Suspend it: connections stay open, and nothing answers.
	 */
	public void freeze() {
		ProcessTree.of(running()).suspend();
	}

	/**
	 * Let it go on.
	 */
	public void resume() {
		ProcessTree.of(running()).resume();
	}

	private Process running() {
		Process process = this.process;
		if (process == null || !process.isAlive()) {
			throw new IllegalStateException("PgBouncer on port %d is not running".formatted(port()));
		}
		return process;
	}

	long pid() {
		return running().pid();
	}

	/**
	 * What it has written to its log.
	 * @return the log
	 */
	public String log() {
		try {
			return Files.readString(file("output.log"));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@Override
	public void close() {
		kill();
		this.directory.close();
		this.port.close();
	}

	private Path file(String name) {
		return this.directory.path().resolve(name);
	}

	private static String database(PostgresNode node) {
		return node.id().replace('/', '.');
	}

	/**
	 * Describes and starts a PgBouncer.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private final List<PostgresNode> nodes = new ArrayList<>();

		private final Map<String, String> settings = new LinkedHashMap<>();

		private String otherDatabases = "";

		private @Nullable String configuration;

		private final Map<String, String> users = new LinkedHashMap<>();

		private Builder() {
			List.of(SUPERUSER, ADMIN, STATS).forEach(this::user);
			this.settings.put("pool_mode", "transaction");
			this.settings.put("max_client_conn", "1000");
			this.settings.put("server_login_retry", "1");
			this.settings.put("ignore_startup_parameters", "extra_float_digits");
		}

		/**
		 * Put it in front of nodes.
		 * @param nodes the nodes, on which each user has to be trusted
		 * @return this builder
		 */
		public Builder nodes(Iterable<? extends PostgresNode> nodes) {
			nodes.forEach(this.nodes::add);
			return this;
		}

		/**
		 * Put it in front of all databases of a server, under their own names, and let
		 * all users of the server in.
		 */
		Builder anyDatabase(String host, int port) {
			this.settings.put("auth_user", SUPERUSER);
			this.otherDatabases = "* = host=%s port=%d\n".formatted(host, port);
			return this;
		}

		/**
		 * Let a user in, besides {@code postgres}, {@link PgBouncer#ADMIN} and
		 * {@link PgBouncer#STATS}.
		 * @param name the name of the user
		 * @return this builder
		 */
		public Builder user(String name) {
			return user(name, "");
		}

		/**
		 * Let a user in, and say what the password is.
		 * @param name the name of the user
		 * @param password the password, which matters if {@code auth_type} is not
		 * {@code trust}
		 * @return this builder
		 */
		public Builder user(String name, String password) {
			this.users.put(name, password);
			return this;
		}

		/**
		 * Start it with a file of your own, in which only the address that it listens on
		 * and the paths of its files are replaced.
		 * @param text the text of {@code pgbouncer.ini}
		 * @return this builder
		 */
		public Builder configuration(String text) {
			this.configuration = text;
			return this;
		}

		/**
		 * Set a setting of section {@code [pgbouncer]}.
		 * @param name the name, such as {@code pool_mode}
		 * @param value the value
		 * @return this builder
		 */
		public Builder set(String name, String value) {
			this.settings.put(name, value);
			return this;
		}

		/**
		 * Start it.
		 * @return a PgBouncer that accepts connections
		 * @throws IllegalStateException if the program is not installed, or does not
		 * start
		 */
		public PgBouncer start() {
			return new PgBouncer(this);
		}

		private String configuration(PgBouncer pgbouncer) {
			Map<String, String> place = new LinkedHashMap<>();
			place.put("listen_addr", pgbouncer.host());
			place.put("listen_port", String.valueOf(pgbouncer.port()));
			place.put("unix_socket_dir", "");
			place.put("pidfile", pgbouncer.file("pgbouncer.pid").toString());
			place.put("auth_file", pgbouncer.file("userlist.txt").toString());
			return (this.configuration != null)
					? this.configuration.lines()
						.filter((line) -> !place.containsKey(line.split("=", 2)[0].strip()))
						.collect(Collectors.joining("\n")) + "\n" + lines(place)
					: databases() + "[pgbouncer]\n" + lines(place)
							+ lines(Map.of("auth_type", "trust", "admin_users", ADMIN, "stats_users", STATS))
							+ lines(this.settings);
		}

		private String databases() {
			StringBuilder lines = new StringBuilder("[databases]\n");
			for (PostgresNode node : this.nodes) {
				String url = node.jdbcUrl();
				lines.append("%s = host=%s port=%d dbname=%s\n".formatted(database(node), node.host(), node.port(),
						url.substring(url.lastIndexOf('/') + 1)));
			}
			return lines.append(this.otherDatabases).toString();
		}

		private static String lines(Map<String, String> settings) {
			return settings.entrySet()
				.stream()
				.map((setting) -> "%s = %s\n".formatted(setting.getKey(), setting.getValue()))
				.collect(Collectors.joining());
		}

		private String userList() {
			StringBuilder lines = new StringBuilder();
			this.users.forEach((user, password) -> lines.append("\"%s\" \"%s\"\n".formatted(user, password)));
			return lines.toString();
		}

	}

}
