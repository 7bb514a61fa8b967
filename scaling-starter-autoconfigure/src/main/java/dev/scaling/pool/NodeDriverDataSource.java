package dev.scaling.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.util.DriverDataSource;
import dev.scaling.routing.PhysicalConnections;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections to a node straight from the driver, each noted with the server that it
 * reaches. Their login timeout is a property of each connection: HikariCP would set it
 * for all drivers of the JVM.
 */
final class NodeDriverDataSource extends DelegatingDataSource {

	static final String LOGIN_TIMEOUT = "loginTimeout";

	private final String url;

	private final @Nullable String driverClassName;

	private final Properties properties = new Properties();

	private final @Nullable String username;

	private final @Nullable String password;

	private final PhysicalConnections connections;

	private final ConnectionCheck check;

	private final Pooler pooler;

	NodeDriverDataSource(String url, @Nullable String driverClassName, Properties properties, @Nullable String username,
			@Nullable String password, PhysicalConnections connections, ConnectionCheck check, Pooler pooler) {
		this.url = url;
		this.driverClassName = driverClassName;
		this.properties.putAll(properties);
		this.username = username;
		this.password = password;
		this.connections = connections;
		this.check = check;
		this.pooler = pooler;
		setTargetDataSource(createTarget());
	}

	private DriverDataSource createTarget() {
		return new DriverDataSource(this.url, this.driverClassName, this.properties, this.username, this.password);
	}

	@Override
	public Connection getConnection() throws SQLException {
		try {
			return identified(super.getConnection());
		}
		catch (SQLException ex) {
			throw Pooler.explain(ex);
		}
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return identified(super.getConnection(username, password));
	}

	private Connection identified(Connection connection) throws SQLException {
		try {
			identify(connection);
			return connection;
		}
		catch (SQLException | RuntimeException ex) {
			try {
				connection.close();
			}
			catch (SQLException closeException) {
				ex.addSuppressed(closeException);
			}
			throw ex;
		}
	}

	/**
	 * The pool does not watch a connection yet that it has not got, so a server that
	 * hangs now would keep it waiting forever.
	 */
	private void identify(Connection connection) throws SQLException {
		int timeout = (int) TimeUnit.SECONDS.toMillis(getLoginTimeout());
		int networkTimeout = connection.getNetworkTimeout();
		boolean bounded = timeout > 0 && (networkTimeout == 0 || networkTimeout > timeout);
		if (bounded) {
			connection.setNetworkTimeout(Runnable::run, timeout);
		}
		this.check.check(connection);
		this.connections.add(connection, ServerIdentity.of(connection, this.pooler));
		this.pooler.prepare(connection);
		if (bounded) {
			connection.setNetworkTimeout(Runnable::run, networkTimeout);
		}
	}

	@Override
	public int getLoginTimeout() {
		try {
			return Math.max(0, Integer.parseInt(this.properties.getProperty(LOGIN_TIMEOUT, "0")));
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	/**
	 * HikariCP calls this once, when its pool starts.
	 */
	@Override
	public void setLoginTimeout(int seconds) {
		if (!this.properties.containsKey(LOGIN_TIMEOUT)) {
			this.properties.setProperty(LOGIN_TIMEOUT, Integer.toString(seconds));
			setTargetDataSource(createTarget());
		}
	}

}
