package dev.scaling.starter.adoption.documentation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Sets the tenant of row-level security.
 */
// tag::tenant[]
class TenantDataSource extends DelegatingDataSource {

	TenantDataSource(DataSource target) {
		super(target);
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = super.getConnection();
		try (PreparedStatement statement = connection.prepareStatement("SELECT set_config('app.tenant', ?, false)")) {
			statement.setString(1, Tenant.current());
			statement.execute();
		}
		return connection;
	}

}
// end::tenant[]
