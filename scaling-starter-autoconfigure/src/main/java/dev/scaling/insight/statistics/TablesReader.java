package dev.scaling.insight.statistics;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import dev.scaling.insight.statistics.ServerStatistics.Index;
import dev.scaling.insight.statistics.ServerStatistics.Table;

/**
 * Reads the statistics of tables and indexes. Exact sizes need a lock for a moment, which
 * nobody should wait for behind an {@code ALTER TABLE}: the catalog has them about.
 */
final class TablesReader {

	private static final String LOCK_NOT_AVAILABLE = "55P03";

	private static final String BLOCK = "current_setting('block_size')::bigint";

	/**
	 * Those that are scanned most in the article's order, then the largest and those that
	 * are written most. Without the rights on a table nobody tells how its rows are
	 * ordered, so the name of the column has to do.
	 */
	private static final String TABLES = """
			WITH candidates AS MATERIALIZED (
				SELECT s.*, c.relpages, c.reltoastrelid, c.relispartition,
					row_number() OVER (ORDER BY (s.seq_scan > 100) DESC, s.seq_tup_read DESC) AS by_scans,
					row_number() OVER (ORDER BY c.relpages DESC, s.n_live_tup DESC) AS by_size,
					row_number() OVER (ORDER BY s.n_tup_ins + s.n_tup_upd + s.n_tup_del DESC) AS by_writes
				FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
				WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't')
			SELECT format('%%I.%%I', t.schemaname, t.relname), t.seq_scan, t.seq_tup_read, coalesce(t.idx_scan, 0),
				t.n_tup_ins, t.n_tup_upd, t.n_tup_del, t.n_live_tup, t.n_dead_tup,
				(SELECT count(*) FROM pg_index i WHERE i.indrelid = t.relid),
				%s, %s,
				(extract(epoch FROM greatest(t.last_vacuum, t.last_autovacuum)) * 1000000)::bigint,
				(SELECT a.attname
				FROM pg_attribute a LEFT JOIN pg_stats st
					ON st.schemaname = t.schemaname AND st.tablename = t.relname AND st.attname = a.attname
						AND NOT st.inherited
				WHERE a.attrelid = t.relid AND a.attnum > 0 AND NOT a.attisdropped
					AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
					AND (abs(st.correlation) > 0.9 OR st.correlation IS NULL AND a.attname
						~* '^((created|inserted|recorded|occurred|logged|received|ordered|placed|event)_?(at|on|date|time|ts)?|time|timestamp|ts|date|day)$')
				ORDER BY abs(st.correlation) DESC NULLS LAST, a.attnum LIMIT 1),
				t.relispartition
			FROM candidates t
			WHERE (t.by_scans <= 10 AND t.seq_scan > 100) OR t.by_size <= 10 OR t.by_writes <= 10
			ORDER BY (t.by_scans <= 10 AND t.seq_scan > 100) DESC,
				CASE WHEN t.seq_scan > 100 THEN t.seq_tup_read END DESC NULLS LAST, t.relpages DESC, t.relid
			""";

	private static final String TABLE_SIZE = "pg_table_size(t.relid)";

	private static final String INDEXES_SIZE = "pg_indexes_size(t.relid)";

	private static final String TABLE_SIZE_OF_CATALOG = "(SELECT coalesce(sum(c.relpages), 0) FROM pg_class c"
			+ " WHERE c.oid IN (t.relid, t.reltoastrelid)) * " + BLOCK;

	private static final String INDEXES_SIZE_OF_CATALOG = "(SELECT coalesce(sum(c.relpages), 0)"
			+ " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = t.relid) * " + BLOCK;

	private static final String UNUSED_INDEXES = """
			SELECT format('%%I.%%I', u.schemaname, u.indexrelname), format('%%I.%%I', u.schemaname, u.relname),
				u.idx_scan, %s
			FROM (SELECT s.*, c.relpages FROM pg_stat_user_indexes s
					JOIN pg_index i ON i.indexrelid = s.indexrelid JOIN pg_class c ON c.oid = s.indexrelid
				WHERE s.idx_scan = 0 AND i.indisvalid AND NOT i.indisunique AND NOT i.indisexclusion
					AND NOT i.indisreplident
				ORDER BY c.relpages DESC, s.indexrelid LIMIT 20) AS u
			ORDER BY 4 DESC, 1
			""";

	private final BoundedTransaction transaction;

	TablesReader(BoundedTransaction transaction) {
		this.transaction = transaction;
	}

	List<Table> tables() throws SQLException {
		return query(TABLES.formatted(TABLE_SIZE, INDEXES_SIZE),
				TABLES.formatted(TABLE_SIZE_OF_CATALOG, INDEXES_SIZE_OF_CATALOG), TablesReader::table);
	}

	List<Index> unusedIndexes() throws SQLException {
		return query(UNUSED_INDEXES.formatted("pg_relation_size(u.indexrelid)"),
				UNUSED_INDEXES.formatted("u.relpages * " + BLOCK), (resultSet) -> new Index(resultSet.getString(1),
						resultSet.getString(2), resultSet.getLong(3), resultSet.getLong(4)));
	}

	private <T> List<T> query(String exact, String ofCatalog, BoundedTransaction.Reader<T> reader) throws SQLException {
		try {
			return this.transaction.query(exact, (resultSet) -> list(resultSet, reader));
		}
		catch (SQLException ex) {
			if (!LOCK_NOT_AVAILABLE.equals(ex.getSQLState())) {
				throw ex;
			}
			return this.transaction.query(ofCatalog, (resultSet) -> list(resultSet, reader));
		}
	}

	private static <T> List<T> list(ResultSet resultSet, BoundedTransaction.Reader<T> reader) throws SQLException {
		List<T> list = new ArrayList<>();
		while (resultSet.next()) {
			list.add(reader.read(resultSet));
		}
		return List.copyOf(list);
	}

	private static Table table(ResultSet resultSet) throws SQLException {
		return new Table(resultSet.getString(1), resultSet.getLong(2), resultSet.getLong(3), resultSet.getLong(4),
				resultSet.getLong(5), resultSet.getLong(6), resultSet.getLong(7), resultSet.getLong(8),
				resultSet.getLong(9), resultSet.getInt(10), resultSet.getLong(11), resultSet.getLong(12),
				ServerReader.instant(resultSet, 13), resultSet.getString(14), resultSet.getBoolean(15));
	}

}
