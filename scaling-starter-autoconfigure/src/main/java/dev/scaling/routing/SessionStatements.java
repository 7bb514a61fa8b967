package dev.scaling.routing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Recognises SQL that leaves state on the session, so that the connection can be kept by
 * the one who set it, and cleaned before another gets it. It never decides where work
 * goes.
 * <p>
 * Settings that end with the transaction, such as {@code SET LOCAL}, leave nothing.
 * Answers are cached by SQL text, up to {@value #MAXIMUM_CACHED} texts of at most
 * {@value #MAXIMUM_CACHED_LENGTH} characters. Thread-safe.
 */
final class SessionStatements {

	private static final int MAXIMUM_CACHED = 4096;

	private static final int MAXIMUM_CACHED_LENGTH = 8192;

	/**
	 * Literals, quoted identifiers and comments, none of which starts within another.
	 */
	private static final Pattern TOKEN = Pattern
		.compile("\\$(\\w*)\\$.*?\\$\\1\\$|[eE]'(?:[^'\\\\]|\\\\.|'')*+'|'(?:[^']|'')*+'"
				+ "|\"(?:[^\"]|\"\")*+\"|/\\*.*?\\*/|--[^\\n]*", Pattern.DOTALL);

	private static final Pattern SESSION_STATE = Pattern.compile(
			"(?:^|;)\\s*(?:set\\s+(?!local\\b|transaction\\b|constraints\\b)|reset\\b|listen\\b|unlisten\\b|declare\\b"
					+ "|load\\b|create\\s+(?:or\\s+replace\\s+)?(?:(?:local|global)\\s+)?temp(?:orary)?\\b)"
					+ "|\\bpg_temp\\s*\\.|\\bset_config\\s*\\("
					+ "|\\binto\\s+(?:(?:local|global)\\s+)?temp(?:orary)?\\b",
			Pattern.CASE_INSENSITIVE);

	/**
	 * What ends with its transaction, or only takes something away.
	 */
	private static final Pattern TRANSACTION_STATE = Pattern.compile(
			"^\\s*(?:reset\\b|unlisten\\b|declare\\b(?!.*\\bwith\\s+hold\\b)|create\\b.*\\bon\\s+commit\\s+drop\\b).*"
					+ "|\\bset_config\\s*\\((?:[^()]|\\([^()]*\\))*,\\s*(?:true|'t')\\s*\\)"
					+ "|(?<!create\\s{1,9}table\\s{1,9}|create\\s{1,9}view\\s{1,9})\\bpg_temp\\s*\\.",
			Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private static final Pattern ADVISORY_LOCK = Pattern.compile("pg_(?:try_)?advisory_lock", Pattern.CASE_INSENSITIVE);

	private static final Pattern PREPARED = Pattern
		.compile("(?:^|;)\\s*(?:prepare\\s+(?!transaction\\b)|deallocate\\b|discard\\b)", Pattern.CASE_INSENSITIVE);

	private static final Pattern TRANSACTION = Pattern.compile("(?:^|;)\\s*(?:begin\\b|start\\s+transaction\\b)",
			Pattern.CASE_INSENSITIVE);

	/**
	 * What has no effect, or another one, outside of a transaction.
	 */
	private static final Pattern TRANSACTION_LOCAL = Pattern.compile(
			"(?:^|;)\\s*set\\s+(?:local|transaction|constraints)\\b|pg_(?:try_)?advisory_xact_lock|pg_export_snapshot",
			Pattern.CASE_INSENSITIVE);

	private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

	@Nullable Pin pin(String sql) {
		return kind(sql).pin;
	}

	/**
	 * Whether the SQL means something else outside of a transaction.
	 */
	boolean needsTransaction(String sql) {
		return kind(sql) != Kind.PLAIN;
	}

	/**
	 * Whether the SQL leaves something on the session after its transaction.
	 */
	boolean isLeavingState(String sql) {
		Kind kind = kind(sql);
		return kind == Kind.SESSION_STATE || kind == Kind.PREPARED;
	}

	private Kind kind(String sql) {
		Kind kind = this.kinds.get(sql);
		if (kind == null) {
			kind = classify(sql);
			if (sql.length() <= MAXIMUM_CACHED_LENGTH && this.kinds.size() < MAXIMUM_CACHED) {
				this.kinds.put(sql, kind);
			}
		}
		return kind;
	}

	private static Kind classify(String sql) {
		String text = TOKEN.matcher(sql).replaceAll((token) -> switch (token.group().charAt(0)) {
			case '$', '"' -> Matcher.quoteReplacement(token.group());
			case '/', '-' -> " ";
			default -> "''";
		});
		if (TRANSACTION.matcher(text).find()) {
			return Kind.TRANSACTION;
		}
		if (PREPARED.matcher(text).find()) {
			return Kind.PREPARED;
		}
		if (ADVISORY_LOCK.matcher(text).find()) {
			return Kind.SESSION_STATE;
		}
		if (!SESSION_STATE.matcher(text).find()) {
			return TRANSACTION_LOCAL.matcher(text).find() ? Kind.TRANSACTION_LOCAL : Kind.PLAIN;
		}
		for (String statement : text.split(";")) {
			if (SESSION_STATE.matcher(TRANSACTION_STATE.matcher(statement).replaceAll(" ")).find()) {
				return Kind.SESSION_STATE;
			}
		}
		return Kind.TRANSACTION_STATE;
	}

	private enum Kind {

		PLAIN(null), TRANSACTION_LOCAL(null), TRANSACTION_STATE(Pin.SESSION_STATE), SESSION_STATE(Pin.SESSION_STATE),
		PREPARED(Pin.PREPARED), TRANSACTION(Pin.TRANSACTION);

		private final @Nullable Pin pin;

		Kind(@Nullable Pin pin) {
			this.pin = pin;
		}

	}

}
