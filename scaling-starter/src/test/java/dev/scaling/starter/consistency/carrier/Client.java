package dev.scaling.starter.consistency.carrier;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.scaling.consistency.Carrier;

/**
 * A client of the web application, who gives back what it has been given: cookies or the
 * latest header. Not made for several requests at a time if it uses the header.
 */
final class Client {

	private final Carrier carrier;

	private final CookieManager cookies = new CookieManager();

	private final HttpClient http;

	private volatile String header = "";

	Client(Carrier carrier) {
		this.carrier = carrier;
		HttpClient.Builder builder = HttpClient.newBuilder();
		this.http = ((carrier == Carrier.COOKIE) ? builder.cookieHandler(this.cookies) : builder).build();
	}

	Answer get(WebInstance instance, String path, String... headers) {
		return send(instance, path, headers).join();
	}

	CompletableFuture<Answer> send(WebInstance instance, String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(instance.url(path)))
			.timeout(Duration.ofSeconds(30));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		if (this.carrier == Carrier.HEADER && !this.header.isEmpty()) {
			request.header("Scaling-Session", this.header);
		}
		return this.http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).thenApply(this::received);
	}

	private Answer received(HttpResponse<String> response) {
		if (this.carrier == Carrier.HEADER) {
			response.headers().firstValue("Scaling-Session").ifPresent((token) -> this.header = token);
		}
		return new Answer(response);
	}

	/**
	 * The tokens that the client has.
	 */
	List<String> tokens() {
		if (this.carrier == Carrier.HEADER) {
			return this.header.isEmpty() ? List.of() : List.of(this.header);
		}
		return this.cookies.getCookieStore()
			.getCookies()
			.stream()
			.filter((cookie) -> cookie.getName().startsWith("Scaling-Session"))
			.map((cookie) -> cookie.getValue())
			.toList();
	}

	/**
	 * An answer.
	 *
	 * @param response the response
	 */
	record Answer(HttpResponse<String> response) {

		int status() {
			return this.response.statusCode();
		}

		long number() {
			return Long.parseLong(this.response.body());
		}

		String token() {
			return this.response.headers().firstValue("Scaling-Session").orElse("");
		}

		/**
		 * The nodes that have served the request.
		 */
		Optional<String> route() {
			return this.response.headers().firstValue("Scaling-Route");
		}

	}

}
