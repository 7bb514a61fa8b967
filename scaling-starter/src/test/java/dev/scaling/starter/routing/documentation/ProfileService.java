package dev.scaling.starter.routing.documentation;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Service of the examples.
 */
// tag::service[]
@Service
class ProfileService {

	private final JdbcClient jdbcClient;

	ProfileService(JdbcClient jdbcClient) {
		this.jdbcClient = jdbcClient;
	}

	@Transactional(readOnly = true)
	List<String> findUsernames() {
		return this.jdbcClient.sql("SELECT username FROM profile ORDER BY username").query(String.class).list();
	}

	@Transactional
	void add(String username) {
		this.jdbcClient.sql("INSERT INTO profile (username) VALUES (?)").param(username).update();
	}

}
// end::service[]
