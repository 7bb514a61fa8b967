package dev.scaling.sample.users;

import java.util.Optional;

import dev.scaling.Keyspace;
import dev.scaling.ShardKey;

import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The customers in the database: each method works on the shard that owns the id, what
 * only reads on one of its replicas.
 */
@Service
@Profile("shards")
@Keyspace("users")
class UserService {

	private final JdbcClient jdbc;

	UserService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	boolean create(@ShardKey("id") User user) {
		return this.jdbc.sql("INSERT INTO users (id, username, email) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
			.params(user.id(), user.username(), user.email())
			.update() == 1;
	}

	@Transactional(readOnly = true)
	Optional<User> find(@ShardKey long id) {
		return this.jdbc.sql("SELECT id, username, email FROM users WHERE id = ?")
			.param(id)
			.query(User.class)
			.optional();
	}

}
