package dev.scaling.starter;

import java.util.List;

import javax.sql.DataSource;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for splitting reads and writes on a real cluster.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster(replicas = 2)
class ReadWriteSplittingTests {

	@Autowired
	private DataSource dataSource;

	@Autowired
	private Products products;

	@Autowired
	private PostgresCluster cluster;

	/**
	 * In a session of its own, so that the reads of the test need not wait for it.
	 */
	@BeforeEach
	void createTable() {
		ConsistencySession.open().run(this.products::create);
		this.cluster.awaitReplication();
	}

	@Test
	void readsGoToReplicasAndWritesToThePrimary() {
		assertThat(this.dataSource).isInstanceOf(RoutingDataSource.class);
		this.cluster.nodes().forEach((node) -> node.resetStatements());
		for (int i = 0; i < 100; i++) {
			this.products.findAll();
		}
		this.products.add("pen");
		assertThat(this.cluster.primary().statements("SELECT name FROM product")).isZero();
		assertThat(this.cluster.primary().statements("INSERT INTO product")).isOne();
		assertThat(this.cluster.replica(1).statements("SELECT name FROM product")
				+ this.cluster.replica(2).statements("SELECT name FROM product"))
			.isEqualTo(100);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Products.class)
	static class Application {

	}

	@Service
	static class Products {

		private final JdbcClient jdbc;

		Products(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		void create() {
			this.jdbc.sql("CREATE TABLE IF NOT EXISTS product (name text)").update();
		}

		@Transactional(readOnly = true)
		List<String> findAll() {
			return this.jdbc.sql("SELECT name FROM product").query(String.class).list();
		}

		@Transactional
		void add(String name) {
			this.jdbc.sql("INSERT INTO product VALUES (?)").param(name).update();
		}

	}

}
