package dev.scaling.benchmarks.stub;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;

import org.jspecify.annotations.Nullable;

/**
 * Driver whose connections answer every query with one row at once: the name of the node
 * in their URL, as in {@code jdbc:stub:postgresql://replica-1}.
 */
public final class StubDriver implements Driver {

	/**
	 * The system property with the milliseconds that a connection takes; none if it is
	 * not set.
	 */
	public static final String CONNECT_TIME = "stub.connect-time";

	private static final String PREFIX = "jdbc:stub:postgresql://";

	private static final long CONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(Long.getLong(CONNECT_TIME, 0));

	static {
		try {
			DriverManager.registerDriver(new StubDriver());
		}
		catch (SQLException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * The URL of a node.
	 * @param node the name of the node
	 * @return the URL, never {@code null}
	 */
	public static String url(String node) {
		return PREFIX + node;
	}

	@Override
	public boolean acceptsURL(String url) {
		return url.startsWith(PREFIX);
	}

	@Override
	public @Nullable Connection connect(String url, Properties properties) {
		if (!acceptsURL(url)) {
			return null;
		}
		long start = System.nanoTime();
		while (System.nanoTime() - start < CONNECT_NANOS) {
			LockSupport.parkNanos(CONNECT_NANOS - (System.nanoTime() - start));
		}
		return new StubConnection(url.substring(PREFIX.length()).split("[/?]")[0]);
	}

	@Override
	public int getMajorVersion() {
		return 1;
	}

	@Override
	public int getMinorVersion() {
		return 0;
	}

	@Override
	public Logger getParentLogger() throws SQLFeatureNotSupportedException {
		throw new SQLFeatureNotSupportedException();
	}

	@Override
	public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
		return new DriverPropertyInfo[0];
	}

	@Override
	public boolean jdbcCompliant() {
		return false;
	}

}
