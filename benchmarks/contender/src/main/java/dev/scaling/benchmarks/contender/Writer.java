package dev.scaling.benchmarks.contender;

import java.util.function.Supplier;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes in {@link Transactional @Transactional} methods.
 */
public class Writer {

	private final JdbcTemplate jdbc;

	public Writer(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Changes one row.
	 * @param id the key of the row
	 * @param name the new name
	 */
	@Transactional
	public void write(long id, String name) {
		this.jdbc.update("UPDATE node SET name = ? WHERE id = ?", name, id);
	}

	/**
	 * Changes one row, and does something else in the same transaction.
	 * @param <T> the type of the result
	 * @param id the key of the row
	 * @param name the new name
	 * @param then what else
	 * @return its result
	 */
	@Transactional
	public <T> T write(long id, String name, Supplier<T> then) {
		write(id, name);
		return then.get();
	}

}
