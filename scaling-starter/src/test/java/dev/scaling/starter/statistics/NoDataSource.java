package dev.scaling.starter.statistics;

import java.sql.Connection;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * The application's connections, which are none of the collector's business.
 */
final class NoDataSource extends AbstractDataSource {

	@Override
	public Connection getConnection() {
		throw new AssertionError("This connection belongs to the application");
	}

	@Override
	public Connection getConnection(String username, String password) {
		throw new AssertionError("This connection belongs to the application");
	}

}
