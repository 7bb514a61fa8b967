package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;

/**
 * An application on a primary and a replica. Its pools have one connection each, so that
 * the next borrower gets the connection that the last one had, and every connection that
 * is not given back is noticed.
 */
@SpringBootTest(classes = AbstractConnectionTests.Application.class,
		webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "scaling.pool.maximum-pool-size=1", "scaling.pool.connection-timeout=2s",
				"scaling.consistency.mode=none" })
@AutoConfigurePostgresCluster(replicas = 1)
abstract class AbstractConnectionTests {

	@Autowired
	DataSource dataSource;

	@Autowired
	PostgresCluster cluster;

	Pools pools;

	@BeforeEach
	void createTable() throws SQLException {
		this.pools = Pools.of(this.dataSource);
		this.pools.awaitDrained();
		this.pools.evict();
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(connection, "SET lock_timeout = '5s'");
			Jdbc.execute(connection,
					"DROP TABLE IF EXISTS item; CREATE TABLE item (id serial PRIMARY KEY, name text UNIQUE)");
		}
		this.cluster.awaitReplication();
	}

	@AfterEach
	void poolsAreDrained() {
		this.pools.awaitDrained();
	}

	Connection readWrite() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.setAutoCommit(false);
		return connection;
	}

	Connection readOnly() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.setReadOnly(true);
		connection.setAutoCommit(false);
		return connection;
	}

	/**
	 * What the next borrower of the primary's only connection sees.
	 */
	String nextBorrower(String sql) throws SQLException {
		try (Connection connection = readWrite()) {
			return Jdbc.query(connection, sql);
		}
	}

	String nextReader(String sql) throws SQLException {
		try (Connection connection = readOnly()) {
			return Jdbc.query(connection, sql);
		}
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
