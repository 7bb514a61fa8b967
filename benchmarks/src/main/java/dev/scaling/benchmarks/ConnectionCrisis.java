package dev.scaling.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.test.PgBouncer;
import dev.scaling.test.PostgresCluster;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Measures what 500 threads of ten instances can do with a server that has 40
 * connections. Each request works as with open-in-view: it asks for a connection, runs
 * two transactions of 1 ms on it, and keeps it for 20 ms between them. Starts its own
 * server and PgBouncer, and takes {@code --seconds} for each way.
 */
public final class ConnectionCrisis {

	private static final int DEFAULT_SECONDS = 10;

	private static final int INSTANCES = 10;

	private static final int THREADS = 50;

	private static final int USABLE = 40;

	private static final int RESERVED = 3;

	private static final long THINK_TIME = Duration.ofMillis(20).toNanos();

	private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(5);

	private static final long SAMPLE_INTERVAL = Duration.ofMillis(50).toNanos();

	private static final String WORK = "SELECT pg_sleep(0.001)";

	private static final String USER = "shop";

	private static final String SERVER_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + USER
			+ "'";

	private final PostgresCluster cluster;

	private final @Nullable PgBouncer pgbouncer;

	private final int seconds;

	private ConnectionCrisis(PostgresCluster cluster, @Nullable PgBouncer pgbouncer, int seconds) {
		this.cluster = cluster;
		this.pgbouncer = pgbouncer;
		this.seconds = seconds;
	}

	/**
	 * Runs the measurement.
	 * @param args the arguments
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		int seconds = Arrays.stream(args)
			.filter((arg) -> arg.startsWith("--seconds="))
			.mapToInt((arg) -> Integer.parseInt(arg.substring("--seconds=".length())))
			.findFirst()
			.orElse(DEFAULT_SECONDS);
		try (PostgresCluster cluster = PostgresCluster.builder()
			.replicas(0)
			.parameter("max_connections", String.valueOf(USABLE + RESERVED))
			.parameter("superuser_reserved_connections", String.valueOf(RESERVED))
			.parameter("max_wal_senders", "2")
			.start(); PgBouncer pgbouncer = PgBouncer.isInstalled() ? pgbouncer(cluster) : null) {
			new JdbcTemplate(cluster.primary().dataSource()).execute("CREATE ROLE " + USER + " LOGIN");
			new ConnectionCrisis(cluster, pgbouncer, seconds).run();
		}
	}

	private static PgBouncer pgbouncer(PostgresCluster cluster) {
		return PgBouncer.builder()
			.nodes(cluster.nodes())
			.user(USER)
			.set("default_pool_size", String.valueOf(USABLE))
			.start();
	}

	private void run() throws InterruptedException {
		System.out.printf("%n%-34s %9s %9s %11s %8s %8s %12s%n", "", "completed", "failed", "a second", "p50 ms",
				"p99 ms", "connections");
		String direct = this.cluster.primary().jdbcUrl();
		measure("HikariCP, 10 x 50", () -> new Hikari(direct, 50));
		measure("HikariCP, 10 x 4", () -> new Hikari(direct, 4));
		measure("starter, 10 x (3 + monitor)", () -> new Starter(direct, 3, "none"));
		if (this.pgbouncer != null) {
			String pooled = this.pgbouncer.jdbcUrl(this.cluster.primary());
			measure("HikariCP, 10 x 50, PgBouncer", () -> new Hikari(pooled + "?prepareThreshold=0", 50));
			measure("starter, 10 x 10, PgBouncer", () -> new Starter(pooled, 10, "transaction"));
		}
	}

	private void measure(String name, InstanceFactory factory) throws InterruptedException {
		List<Instance> instances = new ArrayList<>();
		try {
			for (int i = 0; i < INSTANCES; i++) {
				instances.add(factory.create());
			}
			new Run(instances, this.seconds, new JdbcTemplate(this.cluster.primary().dataSource())).print(name);
		}
		finally {
			instances.forEach(Instance::close);
		}
	}

	private interface InstanceFactory {

		Instance create();

	}

	/**
	 * One of the instances of an application.
	 */
	private interface Instance extends AutoCloseable {

		DataSource dataSource();

		@Override
		void close();

	}

	private static final class Hikari implements Instance {

		private final HikariDataSource pool = new HikariDataSource();

		Hikari(String url, int size) {
			this.pool.setJdbcUrl(url);
			this.pool.setUsername(USER);
			this.pool.setMaximumPoolSize(size);
			this.pool.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
			this.pool.setInitializationFailTimeout(-1);
		}

		@Override
		public DataSource dataSource() {
			return this.pool;
		}

		@Override
		public void close() {
			this.pool.close();
		}

	}

	private static final class Starter implements Instance {

		private final ConfigurableApplicationContext context;

		Starter(String url, int size, String pooler) {
			this.context = new SpringApplicationBuilder(PlainConfiguration.class).web(WebApplicationType.NONE)
				.run("--scaling.primary.url=" + url, "--scaling.primary.username=" + USER,
						"--scaling.routing.without-replicas=true", "--scaling.pgbouncer.mode=" + pooler,
						"--scaling.pool.maximum-pool-size=" + size,
						"--scaling.pool.connection-timeout=" + CONNECTION_TIMEOUT.toMillis() + "ms",
						"--spring.main.banner-mode=off", "--logging.level.root=error");
		}

		@Override
		public DataSource dataSource() {
			return this.context.getBean(DataSource.class);
		}

		@Override
		public void close() {
			this.context.close();
		}

	}

	/**
	 * The threads of all instances at work.
	 */
	private static final class Run {

		private final List<Long> latencies;

		private final AtomicInteger failed = new AtomicInteger();

		private final AtomicBoolean over = new AtomicBoolean();

		private final int seconds;

		private int connections;

		Run(List<Instance> instances, int seconds, JdbcTemplate server) throws InterruptedException {
			this.seconds = seconds;
			ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
			ExecutorService threads = Executors.newFixedThreadPool(INSTANCES * THREADS);
			for (Instance instance : instances) {
				DataSource dataSource = instance.dataSource();
				for (int i = 0; i < THREADS; i++) {
					threads.execute(() -> work(dataSource, latencies));
				}
			}
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
			while (System.nanoTime() - end < 0) {
				Integer connections = server.queryForObject(SERVER_CONNECTIONS, Integer.class);
				this.connections = Math.max(this.connections, (connections != null) ? connections : 0);
				LockSupport.parkNanos(SAMPLE_INTERVAL);
			}
			this.over.set(true);
			this.latencies = latencies.stream().sorted().toList();
			int failures = this.failed.get();
			threads.shutdown();
			threads.awaitTermination(1, TimeUnit.MINUTES);
			this.failed.set(failures);
		}

		private void work(DataSource dataSource, ConcurrentLinkedQueue<Long> latencies) {
			while (!this.over.get()) {
				long start = System.nanoTime();
				try (Connection connection = dataSource.getConnection()) {
					transaction(connection);
					LockSupport.parkNanos(THINK_TIME);
					transaction(connection);
				}
				catch (SQLException ex) {
					this.failed.incrementAndGet();
					continue;
				}
				latencies.add(System.nanoTime() - start);
			}
		}

		private static void transaction(Connection connection) throws SQLException {
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				statement.execute(WORK);
			}
			connection.commit();
			connection.setAutoCommit(true);
		}

		void print(String name) {
			System.out.printf(Locale.ROOT, "%-34s %9d %9d %11d %8.0f %8.0f %12d%n", name, this.latencies.size(),
					this.failed.get(), this.latencies.size() / this.seconds, percentile(50), percentile(99),
					this.connections);
		}

		private double percentile(int percent) {
			return this.latencies.isEmpty() ? Double.NaN
					: this.latencies.get((this.latencies.size() - 1) * percent / 100) / 1e6;
		}

	}

}
