package dev.scaling.starter.resilience;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Requests to an application with open persistence contexts, on a real server.
 */
@SpringBootTest(classes = OpenInViewApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "server.tomcat.threads.max=200", "spring.datasource.hikari.maximum-pool-size=10",
				"spring.datasource.hikari.connection-timeout=3000", "spring.jpa.open-in-view=true" })
@AutoConfigurePostgresCluster(replicas = 1)
abstract class AbstractOpenInViewTests {

	@Autowired
	PostgresCluster cluster;

	@LocalServerPort
	private int port;

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@BeforeEach
	void createAccount() throws SQLException {
		update("""
				DROP TABLE IF EXISTS account, account_tag;
				CREATE TABLE account (id int PRIMARY KEY, owner text, balance numeric);
				CREATE TABLE account_tag (account_id int, tag text);
				INSERT INTO account VALUES (1, 'ann', 100);
				INSERT INTO account_tag VALUES (1, 'old')""");
		this.cluster.awaitReplication();
	}

	CompletableFuture<HttpResponse<String>> get(String path) {
		return send(path, HttpRequest.newBuilder().GET());
	}

	CompletableFuture<HttpResponse<String>> post(String path) {
		return send(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
	}

	private CompletableFuture<HttpResponse<String>> send(String path, HttpRequest.Builder request) {
		URI uri = URI.create("http://localhost:" + this.port + path);
		return this.client.sendAsync(request.uri(uri).timeout(Duration.ofSeconds(60)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	void update(String sql) throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	String query(String sql) throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
