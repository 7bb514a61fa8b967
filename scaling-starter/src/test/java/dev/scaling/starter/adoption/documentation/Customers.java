package dev.scaling.starter.adoption.documentation;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * A service under test.
 */
@Service
class Customers {

	private final JdbcClient jdbc;

	Customers(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	void add(String name) {
		this.jdbc.sql("INSERT INTO customer VALUES (?)").param(name).update();
	}

	@Transactional(readOnly = true)
	List<String> findAll() {
		return this.jdbc.sql("SELECT name FROM customer").query(String.class).list();
	}

}
