package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A table of a keyspace on one shard. All names are quoted where SQL needs it.
 *
 * @param configured the name of the configuration
 * @param name the name as SQL of that shard's connections has it
 * @param column the column of the key
 * @param type the type of that column, without a length
 * @param columns the columns and their types; without those that the server generates
 */
record MovedTable(String configured, String name, String column, String type, Map<String, String> columns) {

	private static final String COLUMNS = "SELECT to_regclass(?)::text, quote_ident(a.attname), a.attname = ?,"
			+ " format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1) FROM (SELECT 1) AS one LEFT JOIN pg_attribute AS a"
			+ " ON a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
			+ " ORDER BY a.attnum";

	private static final String REFERENCES = "SELECT conrelid::regclass::text, confrelid::regclass::text"
			+ " FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
			+ " AND confrelid = ANY(string_to_array(?, ',')::regclass[]) AND conrelid <> confrelid";

	/**
	 * Finds the tables of a keyspace on a shard, those that others refer to first.
	 */
	static List<MovedTable> find(Connection connection, KeyspaceDefinition keyspace) throws SQLException {
		Map<String, MovedTable> tables = new LinkedHashMap<>();
		for (Map.Entry<String, String> table : new TreeMap<>(keyspace.tables()).entrySet()) {
			MovedTable found = find(connection, keyspace, table.getKey(), table.getValue());
			tables.put(found.name(), found);
		}
		return sort(tables, references(connection, keyspace, tables));
	}

	private static MovedTable find(Connection connection, KeyspaceDefinition keyspace, String table, String column)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
			statement.setString(1, table);
			statement.setString(2, column);
			statement.setString(3, table);
			try (ResultSet resultSet = statement.executeQuery()) {
				Map<String, String> columns = new LinkedHashMap<>();
				String name = null;
				String key = null;
				String type = "text";
				while (resultSet.next()) {
					name = resultSet.getString(1);
					String attribute = resultSet.getString(2);
					if (attribute != null) {
						columns.put(attribute, resultSet.getString(4));
						if (resultSet.getBoolean(3)) {
							key = attribute;
							type = resultSet.getString(5);
						}
					}
				}
				if (name == null) {
					throw new SQLException("There is no table '" + table + "', which 'scaling.keyspaces."
							+ keyspace.name() + ".tables' names", "42P01");
				}
				if (key == null) {
					throw new SQLException("Table '" + table + "' has no column '" + column
							+ "', which 'scaling.keyspaces." + keyspace.name() + ".tables' names", "42703");
				}
				return new MovedTable(table, name, key, type, columns);
			}
		}
	}

	/**
	 * Which table refers to which.
	 */
	private static Map<String, Set<String>> references(Connection connection, KeyspaceDefinition keyspace,
			Map<String, MovedTable> tables) throws SQLException {
		Map<String, Set<String>> references = new LinkedHashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(REFERENCES)) {
			statement.setString(1, String.join(",", tables.keySet()));
			try (ResultSet resultSet = statement.executeQuery()) {
				while (resultSet.next()) {
					String table = resultSet.getString(1);
					if (!tables.containsKey(table)) {
						throw new SQLException("Table '" + table + "' refers to '" + resultSet.getString(2)
								+ "', but its rows would not move, because 'scaling.keyspaces." + keyspace.name()
								+ ".tables' does not name it");
					}
					references.computeIfAbsent(table, (key) -> new LinkedHashSet<>()).add(resultSet.getString(2));
				}
			}
		}
		return references;
	}

	private static List<MovedTable> sort(Map<String, MovedTable> tables, Map<String, Set<String>> references)
			throws SQLException {
		Map<String, MovedTable> rest = new LinkedHashMap<>(tables);
		List<MovedTable> sorted = new ArrayList<>();
		while (!rest.isEmpty()) {
			List<MovedTable> free = rest.values()
				.stream()
				.filter((
						table) -> references.getOrDefault(table.name(), Set.of()).stream().noneMatch(rest::containsKey))
				.toList();
			if (free.isEmpty()) {
				throw new SQLException("The tables " + rest.keySet() + " refer to each other in a circle: rows of"
						+ " neither can be copied first");
			}
			sorted.addAll(free);
			free.forEach((table) -> rest.remove(table.name()));
		}
		return sorted;
	}

	/**
	 * Makes sure that rows of one shard fit into the tables of another one.
	 */
	static void compare(Collection<MovedTable> source, Collection<MovedTable> target) throws SQLException {
		Map<String, MovedTable> targets = target.stream()
			.collect(Collectors.toMap(MovedTable::configured, (table) -> table));
		for (MovedTable table : source) {
			MovedTable other = targets.get(table.configured());
			if (other == null || !other.columns().equals(table.columns())) {
				throw new SQLException("Table '" + table.configured() + "' has the columns " + table.columns()
						+ " on the old shard, and " + ((other != null) ? other.columns() : "none")
						+ " on the new one: bring both to the same version");
			}
		}
	}

	static boolean anyHasRows(Connection connection, List<MovedTable> tables, String key) throws SQLException {
		for (MovedTable table : tables) {
			try (Statement statement = connection.createStatement();
					ResultSet resultSet = statement
						.executeQuery("SELECT EXISTS (SELECT FROM " + table.name() + table.where(key) + ")")) {
				if (resultSet.next() && resultSet.getBoolean(1)) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Deletes the rows of a key, those that refer to others first.
	 */
	static void delete(Connection connection, List<MovedTable> tables, String key) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			for (int i = tables.size() - 1; i >= 0; i--) {
				MovedTable table = tables.get(i);
				statement.executeUpdate("DELETE FROM " + table.name() + table.where(key));
			}
		}
	}

	String copyOut(String key) {
		return "COPY (SELECT " + columnList() + " FROM " + this.name + where(key) + ") TO STDOUT";
	}

	String copyIn(MovedTable source) {
		return "COPY " + this.name + " (" + source.columnList() + ") FROM STDIN";
	}

	private String columnList() {
		return String.join(", ", this.columns.keySet());
	}

	/**
	 * The first condition may use an index, the second one holds for what the trigger
	 * compares.
	 */
	private String where(String key) {
		String literal = literal(key);
		return " WHERE " + this.column + " = CAST(" + literal + " AS " + this.type + ") AND " + this.column
				+ "::text = " + literal;
	}

	static String literal(String text) {
		return text.contains("\\") ? " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
				: "'" + text.replace("'", "''") + "'";
	}

}
