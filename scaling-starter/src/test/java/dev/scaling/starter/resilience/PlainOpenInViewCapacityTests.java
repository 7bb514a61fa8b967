package dev.scaling.starter.resilience;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link OpenInViewCapacityTests} is worth: plain Spring Boot holds a
 * connection until the end of the request, and requests wait for one until they time out.
 */
@TestPropertySource(properties = { "scaling.enabled=false", "server.error.include-message=always" })
@Import(PlainOpenInViewCapacityTests.Configuration.class)
class PlainOpenInViewCapacityTests extends AbstractOpenInViewTests {

	private static final int REQUESTS = 200;

	private static final int CONNECTIONS = 10;

	@Autowired
	private OpenInViewApplication.Pause pause;

	@Test
	void requestsTimeOutBecauseOthersHoldConnectionsTheyDoNotUse() {
		this.pause.expect(REQUESTS);
		List<CompletableFuture<HttpResponse<String>>> responses = Stream.generate(() -> get("/accounts/1"))
			.limit(REQUESTS)
			.toList();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> responses.stream().filter(CompletableFuture::isDone).count() >= REQUESTS - CONNECTIONS);
		this.pause.end();
		assertThat(responses.stream().filter((response) -> response.join().statusCode() == 500))
			.hasSize(REQUESTS - CONNECTIONS);
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Configuration {

		@Bean
		JdbcConnectionDetails primary(PostgresCluster cluster) {
			PostgresNode primary = cluster.primary();
			return new JdbcConnectionDetails() {

				@Override
				public String getJdbcUrl() {
					return primary.jdbcUrl();
				}

				@Override
				public String getUsername() {
					return primary.username();
				}

				@Override
				public String getPassword() {
					return primary.password();
				}

			};
		}

	}

}
