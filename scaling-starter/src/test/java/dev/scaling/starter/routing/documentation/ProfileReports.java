package dev.scaling.starter.routing.documentation;

import java.util.List;

import dev.scaling.RoutingContext;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Work of the examples that is routed in code.
 */
class ProfileReports {

	private final JdbcClient jdbcClient;

	private final PlatformTransactionManager transactionManager;

	ProfileReports(JdbcClient jdbcClient, PlatformTransactionManager transactionManager) {
		this.jdbcClient = jdbcClient;
		this.transactionManager = transactionManager;
	}

	List<String> inContexts() throws Exception {
		// tag::context[]
		List<String> usernames = RoutingContext.read()
			.call(() -> this.jdbcClient.sql("SELECT username FROM profile").query(String.class).list());
		RoutingContext.write().run(this::sendReport); // reads what has just been written
		// end::context[]
		return usernames;
	}

	Long inTemplate() {
		// tag::template[]
		TransactionTemplate readOnly = new TransactionTemplate(this.transactionManager);
		readOnly.setReadOnly(true);
		Long count = readOnly
			.execute((status) -> this.jdbcClient.sql("SELECT count(*) FROM profile").query(Long.class).single());
		// end::template[]
		return count;
	}

	private void sendReport() {
		this.jdbcClient.sql("SELECT max(id) FROM profile").query(Long.class).single();
	}

}
