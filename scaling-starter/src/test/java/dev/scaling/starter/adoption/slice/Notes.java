package dev.scaling.starter.adoption.slice;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * A service under test.
 */
@Service
class Notes {

	private final JdbcClient jdbc;

	Notes(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	void add(String text) {
		this.jdbc.sql("INSERT INTO slice_note VALUES (?)").param(text).update();
	}

	@Transactional(readOnly = true)
	List<String> findAll() {
		return this.jdbc.sql("SELECT text FROM slice_note").query(String.class).list();
	}

}
