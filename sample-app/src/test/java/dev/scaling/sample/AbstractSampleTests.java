package dev.scaling.sample;

import dev.scaling.test.PostgresCluster;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/**
 * Base class for tests of the application as its users run it: from its main method, on
 * its embedded cluster, over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, useMainMethod = UseMainMethod.ALWAYS)
@AutoConfigureRestTestClient
public abstract class AbstractSampleTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private PostgresCluster cluster;

	protected final PostgresCluster cluster() {
		return this.cluster;
	}

	protected final JdbcClient primary() {
		return JdbcClient.create(this.cluster.primary().dataSource());
	}

	protected final ResponseSpec get(String uri) {
		return this.client.get().uri(uri).exchange();
	}

	protected final ResponseSpec post(String uri, String json) {
		return send(HttpMethod.POST, uri, json);
	}

	protected final ResponseSpec put(String uri, String json) {
		return send(HttpMethod.PUT, uri, json);
	}

	protected final ResponseSpec send(HttpMethod method, String uri, String json) {
		return this.client.method(method).uri(uri).contentType(MediaType.APPLICATION_JSON).body(json).exchange();
	}

	protected final void assertProblem(ResponseSpec response, HttpStatus status, String detail) {
		response.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo(status.value())
			.jsonPath("$.detail")
			.isEqualTo(detail);
	}

}
