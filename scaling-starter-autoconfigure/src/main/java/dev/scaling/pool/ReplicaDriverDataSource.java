package dev.scaling.pool;

import java.util.Properties;

import com.zaxxer.hikari.util.DriverDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections of a replica straight from the driver. Their login timeout is a property of
 * each connection: HikariCP would derive it from the short time that callers wait, and
 * set it for all drivers of the JVM.
 */
final class ReplicaDriverDataSource extends DelegatingDataSource {

	ReplicaDriverDataSource(String url, @Nullable String driverClassName, Properties properties,
			@Nullable String username, @Nullable String password) {
		super(new DriverDataSource(url, driverClassName, properties, username, password));
	}

	@Override
	public void setLoginTimeout(int seconds) {
	}

}
