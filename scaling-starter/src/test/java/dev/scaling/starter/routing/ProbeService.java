package dev.scaling.starter.routing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * A service that reads and writes {@link Probes#INNER}.
 */
class ProbeService {

	private final JdbcClient jdbc;

	ProbeService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional(readOnly = true)
	int read() {
		return query();
	}

	@Transactional
	int readInReadWriteTransaction() {
		return query();
	}

	@Transactional
	void write(int id) {
		insert(id);
	}

	@Transactional(readOnly = true)
	void writeInReadOnlyTransaction(int id) {
		insert(id);
	}

	@Transactional(readOnly = true, isolation = Isolation.SERIALIZABLE)
	int readSerializable() {
		return query();
	}

	@Transactional(readOnly = true, isolation = Isolation.SERIALIZABLE)
	void writeInSerializableReadOnlyTransaction(int id) {
		insert(id);
	}

	@Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
	int readRepeatably() {
		return query();
	}

	@Transactional(propagation = Propagation.SUPPORTS, readOnly = true)
	int readWithoutTransaction() {
		return query();
	}

	@Transactional(propagation = Propagation.SUPPORTS, readOnly = true)
	void writeWithoutTransaction(int id) {
		insert(id);
	}

	@Transactional(readOnly = true)
	void callInReadOnlyTransaction(Runnable work) {
		work.run();
	}

	@Async
	@Transactional(readOnly = true)
	Future<Integer> readAsynchronously() {
		return CompletableFuture.completedFuture(query());
	}

	@Async
	@Transactional
	Future<Integer> readWriteAsynchronously() {
		return CompletableFuture.completedFuture(query());
	}

	private int query() {
		return this.jdbc.sql(Probes.sql(Probes.INNER)).query(Integer.class).single();
	}

	private void insert(int id) {
		this.jdbc.sql("INSERT INTO inner_probe VALUES (?)").param(id).update();
	}

}
