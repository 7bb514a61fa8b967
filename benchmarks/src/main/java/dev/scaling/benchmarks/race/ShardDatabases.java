package dev.scaling.benchmarks.race;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Shards with a table {@code item}: databases of one server, of their own for each
 * contender, because each has its own way to say which shard owns a key.
 */
final class ShardDatabases implements AutoCloseable {

	/**
	 * The number of shards.
	 */
	static final int SHARDS = 4;

	/**
	 * The remainder of the key.
	 */
	private static final String REMAINDER = "id % " + SHARDS;

	/**
	 * The remainder of the MD5 hash of the key in decimal, which that of its last digit
	 * is.
	 */
	private static final String MD5 = "('x' || right(md5(id::text), 1))::bit(4)::integer % " + SHARDS;

	private final PostgresCluster server;

	private final Map<Competitor, Integer> rows = new TreeMap<>();

	ShardDatabases() {
		this.server = PostgresCluster.builder()
			.replicas(0)
			.parameter("max_connections", "300")
			.parameter("autovacuum", "off")
			.start();
	}

	/**
	 * Creates the shards of a contender.
	 * @param competitor the contender
	 * @return its nodes
	 */
	Nodes create(Competitor competitor) {
		JdbcTemplate main = new JdbcTemplate(this.server.primary().dataSource());
		for (int shard = 0; shard < SHARDS; shard++) {
			main.execute("CREATE DATABASE " + database(competitor, shard));
			jdbc(competitor, shard).execute("CREATE TABLE item (id bigint PRIMARY KEY, name text, rank bigint)");
			jdbc(competitor, shard).execute("CREATE INDEX item_rank ON item (rank)");
		}
		PostgresNode primary = this.server.primary();
		return new Nodes(primary.jdbcUrl(), List.of(),
				IntStream.range(0, SHARDS).mapToObj((shard) -> url(competitor, shard)).toList(), primary.username());
	}

	/**
	 * Adds rows with the keys from the number of rows to a greater number.
	 * @param competitor the contender
	 * @param rows the number of rows that all shards together have then
	 */
	void fill(Competitor competitor, int rows) {
		for (int shard = 0; shard < SHARDS; shard++) {
			jdbc(competitor, shard)
				.update("INSERT INTO item SELECT id, 'item ' || id, -id FROM generate_series(?, ?) AS id WHERE %s = ?"
					.formatted(owner(competitor)), this.rows.getOrDefault(competitor, 0), rows - 1, shard);
			jdbc(competitor, shard).execute("VACUUM ANALYZE item");
		}
		this.rows.put(competitor, rows);
	}

	/**
	 * Makes sure that all rows are there, each on the shard that owns it.
	 * @param competitor the contender
	 * @param rows the number of rows that all shards together should have
	 * @throws IllegalStateException if not
	 */
	void verify(Competitor competitor, long rows) {
		long found = 0;
		for (int shard = 0; shard < SHARDS; shard++) {
			found += number(competitor, shard, "SELECT count(*) FROM item");
			long strange = number(competitor, shard,
					"SELECT count(*) FROM item WHERE %s <> %d OR name <> 'item ' || id OR rank <> -id"
						.formatted(owner(competitor), shard));
			if (strange > 0) {
				throw new IllegalStateException(
						"%d rows of %s do not belong on shard %d".formatted(strange, competitor.contender(), shard));
			}
		}
		if (found != rows) {
			throw new IllegalStateException(
					"%d rows instead of %d on the shards of %s".formatted(found, rows, competitor.contender()));
		}
	}

	private long number(Competitor competitor, int shard, String sql) {
		Long number = jdbc(competitor, shard).queryForObject(sql, Long.class);
		return (number != null) ? number : 0;
	}

	private JdbcTemplate jdbc(Competitor competitor, int shard) {
		return new JdbcTemplate(
				new DriverManagerDataSource(url(competitor, shard), this.server.primary().username(), ""));
	}

	private String url(Competitor competitor, int shard) {
		String url = this.server.primary().jdbcUrl();
		return url.substring(0, url.lastIndexOf('/') + 1) + database(competitor, shard);
	}

	private static String database(Competitor competitor, int shard) {
		return competitor.name().toLowerCase(Locale.ROOT) + "_" + shard;
	}

	private static String owner(Competitor competitor) {
		return competitor.isOurs() ? MD5 : REMAINDER;
	}

	@Override
	public void close() {
		this.server.close();
	}

}
