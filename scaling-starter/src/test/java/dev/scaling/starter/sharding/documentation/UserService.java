package dev.scaling.starter.sharding.documentation;

import java.util.List;

import dev.scaling.OnAllShards;
import dev.scaling.ShardKey;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/**
 * Work of the examples on the shards of users.
 */
class UserService {

	private final JdbcClient jdbcClient;

	UserService(JdbcClient jdbcClient) {
		this.jdbcClient = jdbcClient;
	}

	// tag::key[]
	@Transactional
	void create(@ShardKey("id") User user) {
		this.jdbcClient.sql("INSERT INTO users VALUES (?, ?)").params(user.id(), user.username()).update();
	}

	@Transactional(readOnly = true)
	String username(@ShardKey long id) {
		return this.jdbcClient.sql("SELECT username FROM users WHERE id = ?").param(id).query(String.class).single();
	}
	// end::key[]

	@Transactional
	void touch(List<Long> ids) {
		this.jdbcClient.sql("UPDATE users SET username = upper(username) WHERE id = ANY (?)")
			.param(ids.toArray(Long[]::new))
			.update();
	}

	// tag::all[]
	@OnAllShards
	@Transactional(readOnly = true)
	long count() {
		return this.jdbcClient.sql("SELECT count(*) FROM users").query(Long.class).single();
	}
	// end::all[]

	@Transactional(readOnly = true)
	long countHere() {
		return this.jdbcClient.sql("SELECT count(*) FROM users").query(Long.class).single();
	}

}
