package dev.scaling.starter.resilience;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.scaling.starter.connection.Pools;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for many requests that do something else between their transactions: they share
 * few connections.
 */
class OpenInViewCapacityTests extends AbstractOpenInViewTests {

	private static final int REQUESTS = 200;

	@Autowired
	private DataSource dataSource;

	@Autowired
	private OpenInViewApplication.Pause pause;

	@Test
	void twoHundredRequestsShareTenConnections() {
		this.pause.expect(REQUESTS);
		List<CompletableFuture<HttpResponse<String>>> responses = Stream.generate(() -> get("/accounts/1"))
			.limit(REQUESTS)
			.toList();
		assertThat(responses).allSatisfy((response) -> {
			assertThat(response.join().statusCode()).isEqualTo(200);
			assertThat(response.join().body()).isEqualTo("100 100");
		});
		Pools.of(this.dataSource).awaitDrained();
	}

}
