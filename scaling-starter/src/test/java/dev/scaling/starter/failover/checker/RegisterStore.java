package dev.scaling.starter.failover.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.test.PostgresCluster;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * The registers as tables: the current values, and all values that there ever were.
 */
final class RegisterStore {

	private static final String TIMELINE = "SELECT ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))"
			+ "::bit(32)::int";

	private final ClusterApplication application;

	RegisterStore(ClusterApplication application) {
		this.application = application;
	}

	static void create(PostgresCluster cluster, int clients) {
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS register, entry",
				"CREATE TABLE register (client int PRIMARY KEY, value bigint NOT NULL) WITH (fillfactor = 10)",
				"CREATE TABLE entry (client int, value bigint, PRIMARY KEY (client, value))",
				"INSERT INTO register SELECT n, 0 FROM generate_series(0, " + (clients - 1) + ") AS n");
		cluster.awaitReplication();
	}

	/**
	 * Sets a register.
	 * @return the timeline on which that was done
	 */
	int write(int client, long value) {
		JdbcTemplate jdbc = this.application.jdbc();
		Integer timeline = this.application.readWrite().execute((status) -> {
			jdbc.update("UPDATE register SET value = ? WHERE client = ?", value, client);
			jdbc.update("INSERT INTO entry VALUES (?, ?)", client, value);
			return jdbc.queryForObject(TIMELINE, Integer.class);
		});
		return (timeline != null) ? timeline : 0;
	}

	Registers read() {
		return this.application.read(this::registers);
	}

	/**
	 * Reads in a transaction that may write, and is rolled back.
	 */
	Registers readAndRollBack() {
		return this.application.readWrite().execute((status) -> {
			status.setRollbackOnly();
			return registers();
		});
	}

	String place() {
		return this.application.decisions().last().toString();
	}

	private Registers registers() {
		List<Long> values = this.application.jdbc()
			.queryForList("SELECT value FROM register ORDER BY client", Long.class);
		return Registers.of(values.stream().mapToLong(Long::longValue).toArray());
	}

	FinalState finalState() {
		return this.application.readWrite().execute((status) -> {
			Map<Integer, Set<Long>> values = new HashMap<>();
			RowCallbackHandler collector = (row) -> values.computeIfAbsent(row.getInt(1), (client) -> new HashSet<>())
				.add(row.getLong(2));
			this.application.jdbc().query("SELECT client, value FROM entry", collector);
			return new FinalState(registers(), values);
		});
	}

}
