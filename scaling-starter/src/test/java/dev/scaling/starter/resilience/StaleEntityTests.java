package dev.scaling.starter.resilience;

import java.net.http.HttpResponse;
import java.sql.SQLException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for entities that a request has read from a lagging replica and then changes.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
class StaleEntityTests extends AbstractOpenInViewTests {

	@AfterEach
	void resumeReplay() {
		this.cluster.replica(1).resumeReplay();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/accounts/1/owner", "/accounts/1/owner-of-loaded", "/accounts/1/owner-of-lazily-loaded" })
	void entityOfALaggingReplicaDoesNotOverwriteNewerData(String path) throws SQLException {
		this.cluster.replica(1).pauseReplay();
		update("UPDATE account SET balance = 50");
		assertThat(get("/accounts/1").join().body()).isEqualTo("100 100");
		HttpResponse<String> response = post(path).join();
		assertThat(query("SELECT balance FROM account")).isEqualTo("50");
		assertThat(response.statusCode()).isEqualTo(409);
		assertThat(query("SELECT owner FROM account")).isEqualTo("ann");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/accounts/1/owner", "/accounts/1/owner-of-loaded", "/accounts/1/owner-of-lazily-loaded" })
	void entityOfAReplicaThatHasCaughtUpIsChanged(String path) throws SQLException {
		update("UPDATE account SET balance = 50");
		this.cluster.awaitReplication();
		HttpResponse<String> response = post(path).join();
		assertThat(response.body()).isEqualTo("ann! 50");
		assertThat(query("SELECT owner || ' ' || balance FROM account")).isEqualTo("ann! 50");
	}

	@Test
	void collectionOfALaggingReplicaDoesNotOverwriteNewerData() throws SQLException {
		this.cluster.replica(1).pauseReplay();
		update("INSERT INTO account_tag VALUES (1, 'newer')");
		post("/accounts/1/tags").join();
		assertThat(query("SELECT string_agg(tag, ' ' ORDER BY tag) FROM account_tag")).contains("newer", "old");
	}

	@Test
	void collectionOfAReplicaThatHasCaughtUpIsChanged() throws SQLException {
		assertThat(post("/accounts/1/tags").join().body()).isEqualTo("old new");
		assertThat(query("SELECT string_agg(tag, ' ' ORDER BY tag) FROM account_tag")).isEqualTo("new old");
	}

}
