package dev.scaling.insight;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

import dev.scaling.routing.StatementListener;
import dev.scaling.topology.Node;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs the statements that take long and those that fail, and counts them for each node.
 * <p>
 * Each line has the node, the time, the number of rows, the method that is at work, and
 * the SQL. Values of parameters are left out unless asked for. A statement that is slow
 * or fails again and again is logged once in ten seconds, with the number of those that
 * were left out. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SlowQueryLog implements StatementListener {

	private static final Log logger = LogFactory.getLog(SlowQueryLog.class);

	private static final int MAXIMUM_LENGTH = 2000;

	private static final Pattern WHITESPACE = Pattern.compile("\\s+");

	private final long threshold;

	private final boolean parameters;

	private final LogLimit slowLimit = new LogLimit(System::nanoTime);

	private final LogLimit failedLimit = new LogLimit(System::nanoTime);

	private final Map<String, LongAdder> slow = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> failed = new ConcurrentHashMap<>();

	/**
	 * Creates a log.
	 * @param threshold how long a statement may take without being logged; zero for none
	 * @param parameters whether the lines show the values of parameters and the messages
	 * of the server, which may contain some
	 */
	public SlowQueryLog(Duration threshold, boolean parameters) {
		this.threshold = threshold.toNanos();
		this.parameters = parameters;
	}

	@Override
	public @Nullable LongConsumer executed(Node node, String sql, long nanoseconds, Statement statement) {
		return (nanoseconds < this.threshold) ? null : slow(node, sql, nanoseconds, statement);
	}

	private @Nullable LongConsumer slow(Node node, String sql, long nanoseconds, Statement statement) {
		count(this.slow, node);
		String text = shortened(sql);
		long suppressed = this.slowLimit.acquire(text);
		if (suppressed == LogLimit.SUPPRESSED) {
			return null;
		}
		String shown = shown(text, statement);
		String caller = CallingMethod.name();
		return (rows) -> logger.warn("Slow statement on " + node.id() + ": "
				+ TimeUnit.NANOSECONDS.toMillis(nanoseconds) + " ms" + ((rows >= 0) ? ", " + rows + " rows" : "")
				+ ", in " + caller + others(suppressed) + ": " + shown);
	}

	@Override
	public void failed(Node node, String sql, long nanoseconds, Statement statement, SQLException failure) {
		count(this.failed, node);
		String text = shortened(sql);
		String state = failure.getSQLState();
		long suppressed = this.failedLimit.acquire(state + " " + text);
		if (suppressed == LogLimit.SUPPRESSED) {
			return;
		}
		String line = "Failed statement on " + node.id() + ": SQLSTATE " + state + " after "
				+ TimeUnit.NANOSECONDS.toMillis(nanoseconds) + " ms, in " + CallingMethod.name() + others(suppressed)
				+ ": " + shown(text, statement)
				+ (this.parameters ? " (" + shortened(String.valueOf(failure.getMessage())) + ")" : "");
		if (isExpected(state)) {
			logger.info(line);
		}
		else {
			logger.warn(line);
		}
	}

	/**
	 * Violated constraints, serialization failures and deadlocks are answers that an
	 * application has to be ready for.
	 */
	private static boolean isExpected(@Nullable String state) {
		return state != null && (state.startsWith("23") || state.startsWith("40"));
	}

	private String shown(String text, Statement statement) {
		return this.parameters ? shortened(statement.toString()) : text;
	}

	private static String others(long suppressed) {
		return (suppressed > 0) ? " (" + suppressed + " more since the last line)" : "";
	}

	private static String shortened(String text) {
		String start = (text.length() > 2 * MAXIMUM_LENGTH) ? text.substring(0, 2 * MAXIMUM_LENGTH) : text;
		String line = WHITESPACE.matcher(start).replaceAll(" ").trim();
		return (line.length() > MAXIMUM_LENGTH || start.length() < text.length())
				? line.substring(0, Math.min(line.length(), MAXIMUM_LENGTH)) + "..." : line;
	}

	private static void count(Map<String, LongAdder> counts, Node node) {
		counts.computeIfAbsent(node.id(), (id) -> new LongAdder()).increment();
	}

	/**
	 * How many statements took longer than the threshold on a node since the start,
	 * logged or not.
	 * @param node the node
	 * @return the number of statements
	 */
	public long slow(Node node) {
		return sum(this.slow, node);
	}

	/**
	 * How many statements have failed on a node since the start, logged or not.
	 * @param node the node
	 * @return the number of statements
	 */
	public long failed(Node node) {
		return sum(this.failed, node);
	}

	private static long sum(Map<String, LongAdder> counts, Node node) {
		LongAdder count = counts.get(node.id());
		return (count != null) ? count.sum() : 0;
	}

}
