package dev.scaling.insight.advisor;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads as much out of SQL as a hint for an operator needs, and no more.
 */
final class SqlShape {

	private static final int LENGTH = 300;

	private static final int MAXIMUM_COLUMNS = 3;

	private static final Pattern DATA = Pattern
		.compile("(?is)\\s*\\(*\\s*(select|insert|update|delete|merge|with)\\b.*");

	private static final Pattern READ = Pattern.compile("(?is)\\s*\\(*\\s*(select|with)\\b.*");

	private static final Pattern WRITE = Pattern.compile(
			"(?is).*\\b(insert\\s+into|update\\s+\\S+\\s+set|delete\\s+from|for\\s+(no\\s+key\\s+)?(update|share))\\b.*");

	private static final Pattern CONDITION = Pattern
		.compile("(?i)\\b(?:where|and|or|on|having)\\s+\\(*\\s*(?:\"?(\\w+)\"?\\s*\\.\\s*)?\"?([a-z_]\\w*)\"?\\s*"
				+ "(?:=|<|>|!=|in\\b|like\\b|ilike\\b|between\\b|is\\b)");

	private SqlShape() {
	}

	/**
	 * Whether a statement is the application's work: neither DDL nor a look at the
	 * server.
	 */
	static boolean isWork(String sql) {
		return DATA.matcher(sql).matches() && !sql.toLowerCase(Locale.ROOT).contains("pg_");
	}

	static boolean isRead(String sql) {
		return READ.matcher(sql).matches() && !WRITE.matcher(sql).matches();
	}

	static boolean mentions(String sql, String table) {
		return Pattern.compile("(?i)(?<![\\w])" + Pattern.quote(unqualified(table)) + "(?![\\w])").matcher(sql).find();
	}

	/**
	 * The columns of a table that a statement compares with something.
	 */
	static Set<String> comparedColumns(String sql, String table) {
		Set<String> columns = new LinkedHashSet<>();
		String name = unqualified(table);
		Matcher aliased = Pattern.compile("(?i)(?<![\\w])" + Pattern.quote(name) + "\"?\\s+(?:as\\s+)?(\\w+)")
			.matcher(sql);
		String alias = aliased.find() ? aliased.group(1) : name;
		boolean joined = Pattern.compile("(?i)\\bjoin\\b").matcher(sql).find();
		Matcher matcher = CONDITION.matcher(sql);
		while (matcher.find() && columns.size() < MAXIMUM_COLUMNS) {
			String qualifier = matcher.group(1);
			if ((qualifier != null) ? qualifier.equalsIgnoreCase(name) || qualifier.equalsIgnoreCase(alias) : !joined) {
				columns.add(matcher.group(2).toLowerCase(Locale.ROOT));
			}
		}
		return columns;
	}

	static String unqualified(String table) {
		return table.substring(table.lastIndexOf('.') + 1).replace("\"", "");
	}

	static String shorten(String sql) {
		String line = sql.strip().replaceAll("\\s+", " ");
		return (line.length() > LENGTH) ? line.substring(0, LENGTH) + "..." : line;
	}

}
