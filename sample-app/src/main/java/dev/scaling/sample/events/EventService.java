package dev.scaling.sample.events;

import java.time.LocalDate;
import java.util.List;

import dev.scaling.Keyspace;
import dev.scaling.ShardKey;

import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The events in the database: each method works on the shard whose range has the date.
 */
@Service
@Profile("shards")
@Keyspace("events")
class EventService {

	private final JdbcClient jdbc;

	EventService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	void create(@ShardKey("date") Event event) {
		this.jdbc.sql("INSERT INTO events (date, text) VALUES (?, ?)").params(event.date(), event.text()).update();
	}

	@Transactional(readOnly = true)
	List<Event> findAll(@ShardKey LocalDate date) {
		return this.jdbc.sql("SELECT date, text FROM events WHERE date = ? ORDER BY id")
			.param(date)
			.query(Event.class)
			.list();
	}

}
