package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOperation;
import org.postgresql.copy.CopyOut;

/**
 * Copies the rows of a key from one shard to another, as text, since the binary format
 * holds numbers of types, which differ between databases. Memory does not grow with the
 * rows.
 */
final class ShardCopy {

	private ShardCopy() {
	}

	/**
	 * Copies the rows of all tables.
	 * @return the number of rows by table
	 */
	static Map<String, Long> copy(Connection source, List<MovedTable> sourceTables, Connection target,
			List<MovedTable> targetTables, String key) throws SQLException {
		Map<String, MovedTable> sources = sourceTables.stream()
			.collect(Collectors.toMap(MovedTable::configured, (table) -> table));
		Map<String, Long> rows = new LinkedHashMap<>();
		for (MovedTable table : targetTables) {
			MovedTable from = sources.get(table.configured());
			if (from != null) {
				rows.put(table.configured(), copy(api(source), from.copyOut(key), api(target), table.copyIn(from)));
			}
		}
		return rows;
	}

	private static CopyManager api(Connection connection) throws SQLException {
		return connection.unwrap(PGConnection.class).getCopyAPI();
	}

	private static long copy(CopyManager source, String copyOut, CopyManager target, String copyIn)
			throws SQLException {
		CopyOut out = source.copyOut(copyOut);
		CopyIn in = null;
		try {
			in = target.copyIn(copyIn);
			for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
				in.writeToCopy(row, 0, row.length);
			}
			return in.endCopy();
		}
		finally {
			cancel(in);
			cancel(out);
		}
	}

	private static void cancel(@Nullable CopyOperation operation) throws SQLException {
		if (operation != null && operation.isActive()) {
			operation.cancelCopy();
		}
	}

}
