package dev.scaling.insight;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * SQL without its values, so that statements that differ in nothing else are the same.
 * The normal form of a text that comes again and again is remembered, up to
 * {@value #MAXIMUM_TEXTS} of them. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SqlText {

	private static final int MAXIMUM_TEXTS = 1000;

	private static final int MAXIMUM_LENGTH = 2000;

	private final Map<String, String> texts = new ConcurrentHashMap<>();

	String normalize(String sql) {
		String text = this.texts.get(sql);
		if (text == null) {
			text = withoutValues(sql);
			if (this.texts.size() < MAXIMUM_TEXTS) {
				this.texts.put(sql, text);
			}
		}
		return text;
	}

	/**
	 * Puts a question mark in the place of each literal, and one in that of a list of
	 * them, and one space in the place of white space. What is longer than
	 * {@value #MAXIMUM_LENGTH} characters is cut off.
	 * @param sql the SQL, which may end in the middle of a literal
	 * @return the SQL without its values
	 */
	public static String withoutValues(String sql) {
		StringBuilder text = new StringBuilder(Math.min(sql.length(), MAXIMUM_LENGTH));
		int i = 0;
		while (i < sql.length() && text.length() < MAXIMUM_LENGTH) {
			char c = sql.charAt(i);
			int tag = (c == '$' && !isPartOfName(text)) ? tagLength(sql, i) : 0;
			if (c == '\'') {
				i = endOfString(sql, i, hasEscapes(sql, i));
				value(text);
			}
			else if (tag > 0) {
				int end = sql.indexOf(sql.substring(i, i + tag), i + tag);
				i = (end >= 0) ? end + tag : sql.length();
				value(text);
			}
			else if (isDigit(c) && !isPartOfName(text)) {
				i = endOfNumber(sql, i);
				value(text);
			}
			else if (c == '?') {
				i++;
				value(text);
			}
			else if (Character.isWhitespace(c)) {
				i++;
				if (!text.isEmpty() && text.charAt(text.length() - 1) != ' ') {
					text.append(' ');
				}
			}
			else {
				i++;
				text.append(c);
			}
		}
		return text.toString().strip() + ((i < sql.length()) ? "..." : "");
	}

	/**
	 * The length of the tag that a dollar-quoted string begins with, or 0 if none does.
	 */
	private static int tagLength(String sql, int start) {
		int i = start + 1;
		while (i < sql.length() && (sql.charAt(i) == '_' || Character.isLetter(sql.charAt(i))
				|| (i > start + 1 && isDigit(sql.charAt(i))))) {
			i++;
		}
		return (i < sql.length() && sql.charAt(i) == '$') ? i - start + 1 : 0;
	}

	/**
	 * Whether a string is one like {@code E'it\'s'}.
	 */
	private static boolean hasEscapes(String sql, int start) {
		return start > 0 && (sql.charAt(start - 1) == 'E' || sql.charAt(start - 1) == 'e')
				&& (start == 1 || !Character.isJavaIdentifierPart(sql.charAt(start - 2)));
	}

	private static int endOfString(String sql, int start, boolean escapes) {
		int i = start + 1;
		while (i < sql.length()) {
			if (escapes && sql.charAt(i) == '\\') {
				i++;
			}
			else if (sql.charAt(i) == '\'') {
				if (i + 1 < sql.length() && sql.charAt(i + 1) == '\'') {
					i++;
				}
				else {
					return i + 1;
				}
			}
			i++;
		}
		return sql.length();
	}

	private static int endOfNumber(String sql, int start) {
		int i = start;
		while (i < sql.length() && (isDigit(sql.charAt(i)) || sql.charAt(i) == '.')) {
			i++;
		}
		return i;
	}

	private static boolean isPartOfName(StringBuilder text) {
		if (text.isEmpty()) {
			return false;
		}
		char last = text.charAt(text.length() - 1);
		return Character.isLetterOrDigit(last) || last == '_' || last == '$' || last == '"';
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	/**
	 * The values of a list are as many as there happen to be.
	 */
	private static void value(StringBuilder text) {
		int end = text.length();
		while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == ',')) {
			end--;
		}
		if (end < text.length() && end > 0 && text.charAt(end - 1) == '?' && text.indexOf(",", end) >= 0) {
			text.setLength(end);
			return;
		}
		text.append('?');
	}

}
