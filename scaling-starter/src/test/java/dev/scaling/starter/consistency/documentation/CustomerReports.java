package dev.scaling.starter.consistency.documentation;

import java.time.Duration;
import java.util.List;

import dev.scaling.ConsistencyLevel;
import dev.scaling.ReadConsistency;
import dev.scaling.RoutingContext;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads of the examples that say how fresh they have to be.
 */
class CustomerReports {

	private final JdbcClient jdbcClient;

	private final CustomerService customers;

	CustomerReports(JdbcClient jdbcClient, CustomerService customers) {
		this.jdbcClient = jdbcClient;
		this.customers = customers;
	}

	// tag::levels[]
	@ReadConsistency(ConsistencyLevel.STRONG)
	@Transactional(readOnly = true)
	boolean isTaken(String email) {
		return emails().contains(email);
	}

	@ReadConsistency(value = ConsistencyLevel.BOUNDED, maxStaleness = "2s")
	@Transactional(readOnly = true)
	int size() {
		return emails().size();
	}

	@AnyReplica
	List<String> newsletter() {
		return emails();
	}
	// end::levels[]

	private List<String> emails() {
		return this.jdbcClient.sql("SELECT email FROM customer").query(String.class).list();
	}

	List<String> inContexts() {
		// tag::context[]
		String latest = RoutingContext.read()
			.withConsistency(ConsistencyLevel.STRONG)
			.call(() -> this.customers.email(1));
		String recent = RoutingContext.read()
			.withMaxStaleness(Duration.ofSeconds(2))
			.call(() -> this.customers.email(1));
		// end::context[]
		return List.of(latest, recent);
	}

}
