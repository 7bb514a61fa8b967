package dev.scaling.starter.consistency;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import org.postgresql.PGConnection;

import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Ways to write that have something of their own in how they end.
 */
enum WriteStyle {

	TRANSACTION_TEMPLATE {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.readWrite.executeWithoutResult((status) -> ledger.insertWhereTheCallerIs(account, value));
		}

	},

	JDBC_TRANSACTION_MANAGER {

		@Override
		void write(Ledger ledger, int account, long value) {
			jdbcTransaction(ledger).executeWithoutResult((status) -> ledger.insertWhereTheCallerIs(account, value));
		}

	},

	DECLARED_TRANSACTION {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.service.insert(account, value);
		}

	},

	AUTO_COMMIT {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.insertWhereTheCallerIs(account, value);
		}

	},

	/**
	 * A write that looks like a query.
	 */
	AUTO_COMMIT_RETURNING {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.jdbc.queryForObject(Ledger.INSERT + " RETURNING id", Long.class, account, value);
		}

	},

	/**
	 * The connection is still open when the value is read.
	 */
	AUTO_COMMIT_ON_OPEN_CONNECTION {

		@Override
		long writeAndRead(Ledger ledger, int account, long value) throws SQLException {
			try (Connection connection = ledger.dataSource.getConnection()) {
				insert(connection, account, value);
				return ledger.latest(account);
			}
		}

	},

	JDBC_TRANSACTION {

		@Override
		void write(Ledger ledger, int account, long value) throws SQLException {
			try (Connection connection = ledger.dataSource.getConnection()) {
				connection.setAutoCommit(false);
				insert(connection, account, value);
				connection.commit();
			}
		}

	},

	/**
	 * Commits by going back to auto-commit mode.
	 */
	JDBC_TRANSACTION_ENDED_BY_AUTO_COMMIT {

		@Override
		long writeAndRead(Ledger ledger, int account, long value) throws SQLException {
			try (Connection connection = ledger.dataSource.getConnection()) {
				connection.setAutoCommit(false);
				insert(connection, account, value);
				connection.setAutoCommit(true);
				return ledger.latest(account);
			}
		}

	},

	/**
	 * What callbacks write after the commit is committed when the connection goes back to
	 * auto-commit mode.
	 */
	AFTER_COMMIT {

		@Override
		void write(Ledger ledger, int account, long value) {
			jdbcTransaction(ledger).executeWithoutResult((status) -> {
				ledger.insertWhereTheCallerIs(account, -1);
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void afterCommit() {
						ledger.insertWhereTheCallerIs(account, value);
					}

				});
			});
		}

	},

	NESTED_TRANSACTION {

		@Override
		void write(Ledger ledger, int account, long value) {
			TransactionTemplate nested = jdbcTransaction(ledger);
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			nested.executeWithoutResult(
					(outer) -> nested.executeWithoutResult((inner) -> ledger.insertWhereTheCallerIs(account, value)));
		}

	},

	/**
	 * The primary acknowledges before it has written to its disk.
	 */
	ASYNCHRONOUS_COMMIT {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.readWrite.executeWithoutResult((status) -> {
				ledger.jdbc.execute("SET LOCAL synchronous_commit = off");
				ledger.insertWhereTheCallerIs(account, value);
			});
		}

	},

	BATCH {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.readWrite.executeWithoutResult((status) -> batch(ledger, account, value));
		}

	},

	AUTO_COMMIT_BATCH {

		@Override
		void write(Ledger ledger, int account, long value) {
			batch(ledger, account, value);
		}

	},

	COPY {

		@Override
		int rounds() {
			return ROUNDS_WITH_NEW_CONNECTIONS;
		}

		@Override
		void write(Ledger ledger, int account, long value) throws SQLException, IOException {
			try (Connection connection = ledger.dataSource.getConnection()) {
				connection.setAutoCommit(false);
				copy(connection, account, value);
				connection.commit();
			}
		}

	},

	AUTO_COMMIT_COPY {

		@Override
		int rounds() {
			return ROUNDS_WITH_NEW_CONNECTIONS;
		}

		@Override
		void write(Ledger ledger, int account, long value) throws SQLException, IOException {
			try (Connection connection = ledger.dataSource.getConnection()) {
				copy(connection, account, value);
			}
		}

	},

	JPA_FLUSH {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.readWrite.executeWithoutResult((status) -> {
				ledger.entityManager.persist(new LedgerEntry(account, value));
				ledger.entityManager.flush();
			});
		}

	},

	/**
	 * The UPDATE is sent with the commit.
	 */
	JPA_DIRTY_CHECK {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.readWrite.executeWithoutResult((status) -> {
				LedgerEntry entry = new LedgerEntry(account, -1);
				ledger.entityManager.persist(entry);
				entry.setValue(value);
			});
		}

	},

	JPA_REPOSITORY {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.jpaRepository.save(new LedgerEntry(account, value));
		}

	},

	JDBC_REPOSITORY {

		@Override
		void write(Ledger ledger, int account, long value) {
			ledger.jdbcRepository.save(new LedgerRow(null, account, value));
		}

	},

	/**
	 * Another thread works for the session.
	 */
	OTHER_THREAD {

		@Override
		void write(Ledger ledger, int account, long value) {
			ConsistencySession session = ConsistencySession.current();
			CompletableFuture.runAsync(() -> session.run(() -> ledger.insert(account, value))).join();
		}

	},

	/**
	 * Another session has written, and hands its token over as text.
	 */
	TOKEN {

		@Override
		void write(Ledger ledger, int account, long value) {
			ConsistencySession writer = ConsistencySession.open();
			writer.run(() -> ledger.insert(account, value));
			ConsistencySession.current().apply(ConsistencyToken.parse(writer.token().toString()));
		}

	},

	/**
	 * Something else has written to the database, and says so.
	 */
	MARKED {

		@Override
		void write(Ledger ledger, int account, long value) {
			ConsistencySession.open().run(() -> ledger.insert(account, value));
			ConsistencySession.current().markWrite();
		}

	};

	/**
	 * What has been unwrapped is not given to another borrower.
	 */
	private static final int ROUNDS_WITH_NEW_CONNECTIONS = 80;

	int rounds() {
		return 2_000;
	}

	void write(Ledger ledger, int account, long value) throws SQLException, IOException {
		throw new UnsupportedOperationException(name());
	}

	/**
	 * Writes the value, and reads the latest one in a new read-only transaction.
	 */
	long writeAndRead(Ledger ledger, int account, long value) throws SQLException, IOException {
		write(ledger, account, value);
		return ledger.latest(account);
	}

	private static TransactionTemplate jdbcTransaction(Ledger ledger) {
		return new TransactionTemplate(new JdbcTransactionManager(ledger.dataSource));
	}

	private static void insert(Connection connection, int account, long value) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(Ledger.INSERT)) {
			statement.setInt(1, account);
			statement.setLong(2, value);
			statement.executeUpdate();
		}
	}

	private static void batch(Ledger ledger, int account, long value) {
		ledger.jdbc.batchUpdate(Ledger.INSERT, List.of(new Object[] { account, -1 }, new Object[] { account, value }));
	}

	private static void copy(Connection connection, int account, long value) throws SQLException, IOException {
		connection.unwrap(PGConnection.class)
			.getCopyAPI()
			.copyIn("COPY entry (account, value) FROM STDIN", new StringReader(account + "\t" + value + "\n"));
	}

}
