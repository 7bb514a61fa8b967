package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

import dev.scaling.pool.InstanceCount;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts the instances of this application on the primary: by the rows that they keep
 * fresh in the table {@code scaling_instance}, if it exists and may be written, else by
 * the names of the monitors' connections, which no pooler must hide. A smaller number
 * counts only after a while, because rows and connections come back one by one when the
 * primary has changed.
 */
final class InstanceCounter implements InstanceCount {

	static final String APPLICATION_NAME_PREFIX = "scaling-monitor-";

	/**
	 * What PostgreSQL keeps of a name.
	 */
	private static final int LONGEST_APPLICATION_NAME = 63;

	private static final int SUFFIX_LENGTH = 8;

	private static final Duration INTERVAL = Duration.ofSeconds(5);

	private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMinutes(1);

	private static final Duration ALIVE = Duration.ofSeconds(20);

	private static final String TABLE_QUERY = """
			SELECT coalesce(has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
				AND has_table_privilege(oid, 'UPDATE'), false), coalesce(has_table_privilege(oid, 'DELETE'), false)
			FROM (SELECT to_regclass('scaling_instance')::oid AS oid OFFSET 0) AS instance_table
			""";

	private static final String BEAT = """
			INSERT INTO scaling_instance AS i (application, instance, seen) VALUES (?, ?, clock_timestamp())
			ON CONFLICT (application, instance) DO UPDATE SET seen = excluded.seen
			""";

	private static final String ROW_COUNT = """
			SELECT count(*) FROM scaling_instance
			WHERE application = ? AND seen > clock_timestamp() - make_interval(secs => ?)
			""";

	private static final String FORGET = """
			DELETE FROM scaling_instance WHERE application = ? AND seen < clock_timestamp() - interval '1 hour'
			""";

	private static final String NAME_COUNT = """
			SELECT count(DISTINCT application_name) FROM pg_stat_activity
			WHERE starts_with(application_name, ?) AND length(application_name) = ?
			""";

	private static final Log logger = LogFactory.getLog(InstanceCounter.class);

	private final int fixed;

	private final String application;

	private final UUID instance;

	private final String applicationName;

	private volatile int instances;

	private volatile long due = System.nanoTime();

	/**
	 * When the last count ended well, in {@link System#nanoTime()}.
	 */
	private volatile @Nullable Long countedAt;

	/**
	 * Since when the counts have been smaller, and the greatest of them.
	 */
	private long smallerSince;

	private boolean hiddenReported;

	private int smaller;

	InstanceCounter(MonitorOptions options) {
		this.fixed = options.instances();
		this.application = options.application();
		this.instance = options.instance();
		this.applicationName = prefix(this.application) + this.instance.toString().substring(0, SUFFIX_LENGTH);
		this.instances = Math.max(1, this.fixed);
	}

	private static String prefix(String application) {
		String name = application.replaceAll("[^\\x21-\\x7e]", "_");
		int longest = LONGEST_APPLICATION_NAME - APPLICATION_NAME_PREFIX.length() - 1 - SUFFIX_LENGTH;
		return APPLICATION_NAME_PREFIX + name.substring(0, Math.min(name.length(), longest)) + "-";
	}

	/**
	 * The name of the monitor's connections.
	 */
	String applicationName() {
		return this.applicationName;
	}

	@Override
	public int instances() {
		return this.instances;
	}

	boolean isFixed() {
		return this.fixed > 0;
	}

	/**
	 * Whether the number is fixed, or was counted within the given time.
	 */
	boolean isCountedWithin(Duration age) {
		Long countedAt = this.countedAt;
		return isFixed() || (countedAt != null && System.nanoTime() - countedAt <= age.toNanos());
	}

	boolean isDue() {
		return this.fixed == 0 && System.nanoTime() - this.due >= 0;
	}

	/**
	 * Counts. To be called by one thread at a time.
	 * @param connection a connection to the primary
	 * @param hidden whether a pooler is between, which hides the names of connections
	 * @throws SQLException if that did not work; the next time is later, then
	 */
	void count(Connection connection, boolean hidden) throws SQLException {
		this.due = System.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
		int number = query(connection, hidden);
		if (number >= 0) {
			counted(number);
			this.countedAt = System.nanoTime();
		}
		else if (!this.hiddenReported) {
			this.hiddenReported = true;
			logger.warn("Instances of " + this.application + " cannot be counted, because a pooler hides the names of"
					+ " their connections: create the table scaling_instance, or set 'scaling.instances' to their number,"
					+ " or 'monitor-url' of the primary to a URL past the pooler");
		}
		this.due = System.nanoTime() + INTERVAL.toNanos();
	}

	/**
	 * Returns the number, -1 if it cannot be known.
	 */
	private int query(Connection connection, boolean hidden) throws SQLException {
		boolean writable;
		boolean deletable;
		try (Statement statement = connection.createStatement();
				ResultSet resultSet = statement.executeQuery(TABLE_QUERY)) {
			resultSet.next();
			writable = resultSet.getBoolean(1);
			deletable = resultSet.getBoolean(2);
		}
		if (!writable) {
			if (hidden) {
				return -1;
			}
			String prefix = prefix(this.application);
			return number(connection, NAME_COUNT, prefix, prefix.length() + SUFFIX_LENGTH);
		}
		update(connection, BEAT, this.application, this.instance);
		if (deletable) {
			update(connection, FORGET, this.application);
		}
		return number(connection, ROW_COUNT, this.application, ALIVE.toSeconds());
	}

	private static void update(Connection connection, String sql, Object... arguments) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			set(statement, arguments);
			statement.executeUpdate();
		}
	}

	private static int number(Connection connection, String sql, Object... arguments) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			set(statement, arguments);
			try (ResultSet resultSet = statement.executeQuery()) {
				return resultSet.next() ? resultSet.getInt(1) : 0;
			}
		}
	}

	private static void set(PreparedStatement statement, Object... arguments) throws SQLException {
		for (int i = 0; i < arguments.length; i++) {
			statement.setObject(i + 1, arguments[i]);
		}
	}

	void counted(int number) {
		int count = Math.max(1, number);
		int last = this.instances;
		long now = System.nanoTime();
		if (count >= last) {
			this.smaller = 0;
		}
		else if (this.smaller == 0) {
			this.smaller = count;
			this.smallerSince = now;
			return;
		}
		else {
			this.smaller = Math.max(this.smaller, count);
			if (now - this.smallerSince < ALIVE.toNanos()) {
				return;
			}
			count = this.smaller;
			this.smaller = 0;
		}
		if (count != last) {
			this.instances = count;
			logger.debug("Instances of " + this.application + ": " + count + ", before: " + last);
		}
	}

}
