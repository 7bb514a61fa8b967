package dev.scaling.benchmarks;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The measured calls: a read-only transaction with one select of one row, which is the
 * name of the node that answered.
 */
class NodeReader {

	private static final String SQL = "SELECT name FROM node WHERE id = ?";

	private static final Long ID = 1L;

	private static final RowMapper<String> ROW_MAPPER = (resultSet, row) -> resultSet.getString(1);

	private final JdbcTemplate jdbc;

	private final TransactionTemplate readOnlyTransaction;

	private final TransactionCallback<String> callback = (transaction) -> select();

	NodeReader(JdbcTemplate jdbc, PlatformTransactionManager transactionManager) {
		this.jdbc = jdbc;
		this.readOnlyTransaction = new TransactionTemplate(transactionManager);
		this.readOnlyTransaction.setReadOnly(true);
	}

	@Transactional(readOnly = true)
	String annotation() {
		return select();
	}

	String template() {
		return this.readOnlyTransaction.execute(this.callback);
	}

	@Transactional
	String readWrite() {
		return select();
	}

	private String select() {
		String name = this.jdbc.queryForObject(SQL, ROW_MAPPER, ID);
		if (name == null) {
			throw new IllegalStateException("No node");
		}
		return name;
	}

}
