package dev.scaling.benchmarks;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads in a {@link TransactionTemplate}.
 */
class TemplateReader {

	private final TransactionTemplate readOnlyTransaction;

	private final TransactionCallback<String> query;

	TemplateReader(JdbcTemplate jdbc, PlatformTransactionManager transactionManager) {
		NodeQuery query = new NodeQuery(jdbc);
		this.query = (transaction) -> query.run();
		this.readOnlyTransaction = new TransactionTemplate(transactionManager);
		this.readOnlyTransaction.setReadOnly(true);
	}

	String read() {
		return this.readOnlyTransaction.execute(this.query);
	}

}
