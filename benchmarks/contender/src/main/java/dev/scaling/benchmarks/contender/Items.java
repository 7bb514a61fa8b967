package dev.scaling.benchmarks.contender;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.RowMapper;

/**
 * The statements of all {@link ShardStore stores}, for the shard that the template
 * reaches. The row of the key 7 is {@code (7, 'item 7', -7)}, so that the order by rank
 * begins with the greatest key.
 */
public final class Items {

	/**
	 * What {@link #slowCount()} is of all shards together.
	 */
	public static final long COUNTED = 100;

	private static final int FETCH_SIZE = 500;

	private static final String ORDERED = "SELECT name, rank FROM item ORDER BY rank";

	private static final RowMapper<String> NAME = (resultSet, row) -> resultSet.getString(1);

	private static final RowMapper<Item> ITEM = (resultSet, row) -> new Item(resultSet.getString(1),
			resultSet.getLong(2));

	private final JdbcTemplate jdbc;

	private final JdbcTemplate portions;

	/**
	 * Creates the statements.
	 * @param jdbc the template
	 */
	public Items(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		this.portions = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
		this.portions.setFetchSize(FETCH_SIZE);
	}

	/**
	 * Reads one row.
	 * @param id the key of the row
	 * @return the name
	 */
	public String name(long id) {
		return Objects.requireNonNull(this.jdbc.queryForObject("SELECT name FROM item WHERE id = ?", NAME, id));
	}

	/**
	 * Inserts one row.
	 * @param id the key of the row
	 */
	public void insert(long id) {
		this.jdbc.update("INSERT INTO item (id, name, rank) VALUES (?, ?, ?)", id, nameOf(id), -id);
	}

	/**
	 * Counts some rows, which takes the server 5 ms.
	 * @return the number of the rows
	 */
	public long slowCount() {
		return Objects.requireNonNull(this.jdbc.queryForObject(
				"SELECT count(*) FROM item WHERE rank > -100 AND (SELECT pg_sleep(0.005)) IS NOT NULL", Long.class));
	}

	/**
	 * Reads the first rows.
	 * @param limit the number of rows
	 * @return the rows, ordered by rank
	 */
	public List<Item> first(int limit) {
		return this.jdbc.query(ORDERED + " LIMIT ?", ITEM, limit);
	}

	/**
	 * Reads all rows, in portions if there is a transaction.
	 * @param items takes the rows, ordered by rank
	 */
	public void scan(Consumer<Item> items) {
		this.portions.query(ORDERED,
				(RowCallbackHandler) (row) -> items.accept(new Item(row.getString(1), row.getLong(2))), new Object[0]);
	}

	/**
	 * Reads all rows, in portions if there is a transaction.
	 * @return the rows, ordered by rank, to be closed by the caller
	 */
	public Stream<Item> stream() {
		return this.portions.queryForStream(ORDERED, ITEM);
	}

	/**
	 * The name that the row of a key has.
	 * @param id the key
	 * @return the name
	 */
	static String nameOf(long id) {
		return "item " + id;
	}

	/**
	 * A row.
	 *
	 * @param name the name
	 * @param rank the place in the order
	 */
	public record Item(String name, long rank) {

	}

}
