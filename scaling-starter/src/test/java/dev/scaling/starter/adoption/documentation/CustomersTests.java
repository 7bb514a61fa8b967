package dev.scaling.starter.adoption.documentation;

import dev.scaling.test.AutoConfigurePostgresCluster;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.jdbc.Sql;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Customers}, as the page has them.
 */
// tag::slice[]
@JdbcTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.NONE)
@AutoConfigurePostgresCluster(replicas = 1)
@Sql(statements = "CREATE TABLE customer (name text)")
@Import(Customers.class)
class CustomersTests {

	@Autowired
	private Customers customers;

	@Test
	void customersAreListed() {
		this.customers.add("Ada");
		assertThat(this.customers.findAll()).containsExactly("Ada");
	}

}
// end::slice[]
