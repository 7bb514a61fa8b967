package dev.scaling.starter.adoption;

import com.jayway.jsonpath.JsonPath;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

/**
 * Asks a server on this machine.
 */
final class Http {

	private final RestClient client;

	Http(int port) {
		this.client = RestClient.builder()
			.baseUrl("http://127.0.0.1:" + port)
			.defaultStatusHandler((status) -> true, (request, response) -> {
			})
			.build();
	}

	Answer get(String path) {
		return answer(this.client.get().uri(path));
	}

	Answer get(String path, String cookie) {
		return answer(this.client.get().uri(path).header(HttpHeaders.COOKIE, cookie));
	}

	private static Answer answer(RestClient.RequestHeadersSpec<?> request) {
		ResponseEntity<String> response = request.retrieve().toEntity(String.class);
		String body = response.getBody();
		return new Answer(response.getStatusCode().value(), response.getHeaders(), (body != null) ? body : "");
	}

	/**
	 * An answer.
	 *
	 * @param status the status code
	 * @param headers the headers
	 * @param body the body, empty if there is none
	 */
	record Answer(int status, HttpHeaders headers, String body) {

		<T> T json(String path) {
			return JsonPath.read(this.body, path);
		}

	}

}
