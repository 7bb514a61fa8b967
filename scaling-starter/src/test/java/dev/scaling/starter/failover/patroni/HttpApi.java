package dev.scaling.starter.failover.patroni;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * What Patroni and etcd answer over HTTP, by the status code alone.
 */
final class HttpApi {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final HttpClient client = HttpClient.newHttpClient();

	private final ReservedPort port;

	HttpApi(ReservedPort port) {
		this.port = port;
	}

	boolean isOk(String path) {
		return isOk(request(path).GET());
	}

	boolean isOk(String path, String body) {
		return isOk(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://" + this.port + path)).timeout(TIMEOUT);
	}

	private boolean isOk(HttpRequest.Builder request) {
		try {
			return this.client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
