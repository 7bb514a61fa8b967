package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for connections that are kept until they are closed.
 */
@TestPropertySource(properties = "scaling.routing.release=close")
class ReleaseOnCloseTests extends AbstractConnectionTests {

	@Test
	void physicalConnectionIsKeptUntilClose() throws SQLException {
		int backend;
		try (Connection connection = readWrite()) {
			backend = Jdbc.backend(connection);
			connection.commit();
			assertThat(this.pools.active("primary")).isOne();
			assertThat(Jdbc.backend(connection)).isEqualTo(backend);
			connection.rollback();
			connection.setReadOnly(true);
			assertThat(Jdbc.isReplica(connection)).isFalse();
			assertThat(Jdbc.query(connection, "SHOW transaction_read_only")).isEqualTo("on");
		}
		assertThat(this.pools.active()).isZero();
		assertThat(nextBorrower("SELECT pg_backend_pid()")).isEqualTo(String.valueOf(backend));
	}

	@Test
	void autoCommitModeAfterATransactionCommits() throws SQLException {
		try (Connection connection = readWrite()) {
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('one')");
			connection.commit();
			connection.setAutoCommit(true);
			Jdbc.execute(connection, "INSERT INTO item (name) VALUES ('two')");
			try (Connection other = this.cluster.primary().dataSource().getConnection()) {
				assertThat(Jdbc.query(other, "SELECT string_agg(name, ',' ORDER BY id) FROM item"))
					.isEqualTo("one,two");
			}
		}
	}

}
