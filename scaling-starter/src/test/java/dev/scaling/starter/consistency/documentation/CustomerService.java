package dev.scaling.starter.consistency.documentation;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Service of the examples.
 */
// tag::service[]
@Service
class CustomerService {

	private final JdbcClient jdbcClient;

	CustomerService(JdbcClient jdbcClient) {
		this.jdbcClient = jdbcClient;
	}

	@Transactional
	void changeEmail(long id, String email) {
		this.jdbcClient.sql("UPDATE customer SET email = ? WHERE id = ?").params(email, id).update();
	}

	@Transactional(readOnly = true)
	String email(long id) {
		return this.jdbcClient.sql("SELECT email FROM customer WHERE id = ?").param(id).query(String.class).single();
	}

}
// end::service[]
