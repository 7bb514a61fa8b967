package dev.scaling.benchmarks;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.Shards;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Measures on real databases how work on the shard of a key, and on all shards, compares
 * with a map of pools as one would write it by hand. Takes the properties of the
 * application as arguments, at least {@code --scaling.shards.NAME.primary.url} of each
 * shard, and {@code --rounds}.
 * <p>
 * The ways take turns with each call, in one process, and each is compared with the
 * hand-written one of the same round.
 */
public final class ShardCosts {

	private static final int DEFAULT_ROUNDS = 40;

	private static final int WARM_UP_ROUNDS = 10;

	private static final int CALLS = 200;

	private static final int GATHERS = 10;

	private static final long ROWS = 10_000;

	private static final String GET = "SELECT name FROM shard_costs WHERE id = ?";

	private static final String INSERT = "INSERT INTO shard_costs VALUES (?, 'name')";

	private static final String SLOW = "SELECT count(*) FROM pg_sleep(0.005)";

	private final AtomicLong nextId = new AtomicLong(ROWS);

	private final List<ByHand> byHand = new ArrayList<>();

	private final Shards shards;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate read;

	private final TransactionTemplate write;

	private ShardCosts(ConfigurableApplicationContext application) {
		this.shards = application.getBean(Shards.class);
		this.jdbc = application.getBean(JdbcTemplate.class);
		PlatformTransactionManager manager = application.getBean(PlatformTransactionManager.class);
		this.read = template(manager, true);
		this.write = template(manager, false);
		for (String shard : this.shards.names()) {
			this.byHand.add(ByHand.of(application.getEnvironment(), shard));
		}
	}

	private static TransactionTemplate template(PlatformTransactionManager manager, boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(manager);
		template.setReadOnly(readOnly);
		return template;
	}

	/**
	 * Runs the measurement.
	 * @param args the properties of the application
	 */
	public static void main(String[] args) {
		int rounds = Arrays.stream(args)
			.filter((arg) -> arg.startsWith("--rounds="))
			.mapToInt((arg) -> Integer.parseInt(arg.substring("--rounds=".length())))
			.findFirst()
			.orElse(DEFAULT_ROUNDS);
		String[] shards = Arrays.stream(args)
			.filter((arg) -> arg.startsWith("--scaling.shards.") && arg.contains(".primary.url="))
			.map((arg) -> arg.substring("--scaling.shards.".length(), arg.indexOf(".primary.url=")))
			.toArray(String[]::new);
		String[] more = { "--scaling.keyspaces.users.shards=" + String.join(",", shards),
				"--spring.main.banner-mode=off", "--logging.level.root=warn" };
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(PlainConfiguration.class)
			.web(WebApplicationType.NONE)
			.run(Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray(String[]::new))) {
			new ShardCosts(application).run(rounds);
		}
	}

	private void run(int rounds) {
		for (ByHand shard : this.byHand) {
			shard.jdbc().execute("DROP TABLE IF EXISTS shard_costs");
			shard.jdbc().execute("CREATE TABLE shard_costs (id bigint PRIMARY KEY, name text)");
			shard.jdbc().update("INSERT INTO shard_costs SELECT n, 'name' FROM generate_series(0, ?) AS n", ROWS);
		}
		try {
			Map<Way, List<Double>> times = new EnumMap<>(Way.class);
			for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
				Map<Way, List<Double>> medians = (round < WARM_UP_ROUNDS) ? new EnumMap<>(Way.class) : times;
				round().forEach((way, measured) -> medians.computeIfAbsent(way, (key) -> new ArrayList<>())
					.add(median(measured)));
			}
			print(times);
		}
		finally {
			this.byHand.forEach((shard) -> shard.jdbc().execute("DROP TABLE shard_costs"));
			this.byHand.forEach((shard) -> shard.pool().close());
		}
	}

	private Map<Way, List<Double>> round() {
		Map<Way, List<Double>> times = new EnumMap<>(Way.class);
		List<Way> ways = new ArrayList<>(List.of(Way.values()));
		for (int i = 0; i < CALLS; i++) {
			Collections.shuffle(ways);
			for (Way way : ways) {
				if (!way.gather || i < GATHERS) {
					long start = System.nanoTime();
					call(way);
					times.computeIfAbsent(way, (key) -> new ArrayList<>()).add((double) (System.nanoTime() - start));
				}
			}
		}
		return times;
	}

	private void call(Way way) {
		switch (way) {
			case GET_BY_HAND -> {
				long id = ThreadLocalRandom.current().nextLong(ROWS);
				ByHand shard = shardOf(id);
				shard.read().execute((status) -> text(shard.jdbc(), id));
			}
			case GET -> {
				long id = ThreadLocalRandom.current().nextLong(ROWS);
				this.shards.call(id, () -> this.read.execute((status) -> text(this.jdbc, id)));
			}
			case INSERT_BY_HAND -> {
				long id = this.nextId.incrementAndGet();
				ByHand shard = shardOf(id);
				shard.write().execute((status) -> shard.jdbc().update(INSERT, id));
			}
			case INSERT -> {
				long id = this.nextId.incrementAndGet();
				this.shards.call(id, () -> this.write.execute((status) -> this.jdbc.update(INSERT, id)));
			}
			case SEQUENTIAL_LOOP -> {
				for (ByHand shard : this.byHand) {
					shard.read().execute((status) -> slow(shard.jdbc()));
				}
			}
			case GATHER -> this.shards.gather((shard) -> this.read.execute((status) -> slow(this.jdbc))).list();
		}
	}

	private static String text(JdbcTemplate jdbc, long id) {
		return Objects.requireNonNull(jdbc.queryForObject(GET, String.class, id));
	}

	private static long slow(JdbcTemplate jdbc) {
		return Objects.requireNonNull(jdbc.queryForObject(SLOW, Long.class));
	}

	private ByHand shardOf(long id) {
		try {
			byte[] digest = MessageDigest.getInstance("MD5").digest(Long.toString(id).getBytes(StandardCharsets.UTF_8));
			return this.byHand.get(new BigInteger(1, digest).mod(BigInteger.valueOf(this.byHand.size())).intValue());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void print(Map<Way, List<Double>> times) {
		System.out.printf("%n%-16s %9s %14s  %s%n", "a call", "us", "rate, by hand=1", "(middle half of the rounds)");
		times.forEach((way, measured) -> {
			List<Double> byHand = times.getOrDefault(way.byHand(), List.of());
			List<Double> ratios = new ArrayList<>();
			for (int i = 0; i < measured.size(); i++) {
				ratios.add(byHand.get(i) / measured.get(i));
			}
			Collections.sort(ratios);
			System.out.printf(Locale.ROOT, "%-16s %9.1f %14.3f  %.3f - %.3f%n", way, median(measured) / 1000,
					median(ratios), ratios.get(ratios.size() / 4), ratios.get(ratios.size() * 3 / 4));
		});
	}

	private static double median(List<Double> values) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
	}

	/**
	 * A shard as one would write it by hand.
	 */
	private record ByHand(HikariDataSource pool, JdbcTemplate jdbc, TransactionTemplate read,
			TransactionTemplate write) {

		static ByHand of(Environment environment, String shard) {
			HikariDataSource pool = new HikariDataSource();
			String property = "scaling.shards." + shard + ".primary.";
			pool.setJdbcUrl(environment.getProperty(property + "url"));
			pool.setUsername(environment.getProperty(property + "username"));
			pool.setPassword(environment.getProperty(property + "password"));
			PlatformTransactionManager manager = new JdbcTransactionManager(pool);
			return new ByHand(pool, new JdbcTemplate(pool), template(manager, true), template(manager, false));
		}

	}

	/**
	 * Calls that are compared.
	 */
	private enum Way {

		GET_BY_HAND(false), GET(false), INSERT_BY_HAND(false), INSERT(false), SEQUENTIAL_LOOP(true), GATHER(true);

		private final boolean gather;

		Way(boolean gather) {
			this.gather = gather;
		}

		private Way byHand() {
			return switch (this) {
				case GET, GET_BY_HAND -> GET_BY_HAND;
				case INSERT, INSERT_BY_HAND -> INSERT_BY_HAND;
				case GATHER, SEQUENTIAL_LOOP -> SEQUENTIAL_LOOP;
			};
		}

	}

}
