package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Sets the tenant of the calling thread on each connection, in auto-commit mode, as many
 * applications with row-level security do.
 */
class TenantDataSource extends DelegatingDataSource {

	private static final ThreadLocal<String> tenant = new ThreadLocal<>();

	TenantDataSource(DataSource target) {
		super(target);
	}

	static void use(String name) {
		tenant.set(name);
	}

	static String current() {
		String name = tenant.get();
		return (name != null) ? name : "";
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = super.getConnection();
		choose(connection, current());
		return connection;
	}

	static void choose(Connection connection, String name) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT set_config('app.tenant', ?, false)")) {
			statement.setString(1, name);
			statement.execute();
		}
	}

}
