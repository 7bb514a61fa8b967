package dev.scaling.starter.routing.documentation;

import java.util.List;

import dev.scaling.LightweightRead;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/**
 * Lightweight reads of the examples.
 */
class NewestProfiles {

	private final JdbcClient jdbcClient;

	NewestProfiles(JdbcClient jdbcClient) {
		this.jdbcClient = jdbcClient;
	}

	// tag::lightweight[]
	@LightweightRead
	@Transactional(readOnly = true)
	List<String> findNewest() {
		return this.jdbcClient.sql("SELECT username FROM profile ORDER BY id DESC LIMIT 10").query(String.class).list();
	}
	// end::lightweight[]

}
