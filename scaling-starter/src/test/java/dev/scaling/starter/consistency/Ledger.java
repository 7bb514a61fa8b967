package dev.scaling.starter.consistency;

import javax.sql.DataSource;

import dev.scaling.test.PostgresCluster;
import jakarta.persistence.EntityManager;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A table of numbers by account, which only grow: the latest is the highest.
 */
class Ledger {

	static final String INSERT = "INSERT INTO entry (account, value) VALUES (?, ?)";

	final DataSource dataSource;

	final JdbcTemplate jdbc;

	final TransactionTemplate readWrite;

	final EntityManager entityManager;

	final LedgerEntryRepository jpaRepository;

	final LedgerRowRepository jdbcRepository;

	final LedgerService service;

	private final TransactionTemplate readOnly;

	Ledger(DataSource dataSource, JdbcTemplate jdbc, PlatformTransactionManager transactionManager,
			EntityManager entityManager, LedgerEntryRepository jpaRepository, LedgerRowRepository jdbcRepository,
			LedgerService service) {
		this.dataSource = dataSource;
		this.jdbc = jdbc;
		this.readWrite = new TransactionTemplate(transactionManager);
		this.readOnly = new TransactionTemplate(transactionManager);
		this.readOnly.setReadOnly(true);
		this.entityManager = entityManager;
		this.jpaRepository = jpaRepository;
		this.jdbcRepository = jdbcRepository;
		this.service = service;
	}

	static void create(PostgresCluster cluster) {
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS entry",
				"CREATE TABLE entry (id bigserial PRIMARY KEY, account int NOT NULL, value bigint NOT NULL)",
				"CREATE INDEX ON entry (account, value)");
		cluster.awaitReplication();
	}

	/**
	 * Inserts a value in a read-write transaction of its own.
	 */
	void insert(int account, long value) {
		this.readWrite.executeWithoutResult((status) -> insertWhereTheCallerIs(account, value));
	}

	void insertWhereTheCallerIs(int account, long value) {
		this.jdbc.update(INSERT, account, value);
	}

	/**
	 * The latest value, read in a read-only transaction of its own.
	 */
	long latest(int account) {
		Long latest = this.readOnly.execute((status) -> latestWhereTheCallerIs(account));
		return (latest != null) ? latest : 0;
	}

	long latestWhereTheCallerIs(int account) {
		Long latest = this.jdbc.queryForObject("SELECT max(value) FROM entry WHERE account = ?", Long.class, account);
		return (latest != null) ? latest : 0;
	}

}
