package dev.scaling.starter.adoption;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.scaling.actuate.endpoint.ScalingBudgetEndpoint;
import dev.scaling.actuate.endpoint.ScalingDecisionsEndpoint;
import dev.scaling.actuate.endpoint.ScalingEndpointWebExtension;
import dev.scaling.actuate.endpoint.ScalingPgBouncerEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for who gets the page of {@code /actuator/scaling}, and who its JSON.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "management.server.port=0", "management.server.base-path=/manage",
				"management.endpoints.web.base-path=/ops",
				"management.endpoints.web.exposure.include=scaling,scalingbudget" })
class ScalingPageTests {

	private static final String CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
			+ "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";

	private static final String FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

	private final HttpClient client = HttpClient.newHttpClient();

	@LocalManagementPort
	private int port;

	@DynamicPropertySource
	static void configureNodes(DynamicPropertyRegistry registry) {
		ConfiguredCluster.register(registry);
	}

	@ParameterizedTest
	@ValueSource(strings = { CHROME, FIREFOX, "text/html" })
	void browserGetsThePage(String accept) throws Exception {
		HttpResponse<String> response = get("scaling", accept);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).isEqualToIgnoringWhitespace("text/html;charset=UTF-8"));
		assertThat(response.body()).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "*/*", "application/json", "application/json, text/plain, */*", "text/plain, */*",
			"application/vnd.spring-boot.actuator.v3+json", "application/json, text/html;q=0.9" })
	void othersGetJson(String accept) throws Exception {
		HttpResponse<String> response = get("scaling", accept);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).endsWith("json"));
		assertThat(response.body()).startsWith("{\"clusters\":{\"main\":{\"primary\":\"primary\"");
	}

	@Test
	void partsAreJsonForBrowsersToo() throws Exception {
		assertThat(get("scaling/main", CHROME).body()).startsWith("{\"primary\":\"primary\"");
		assertThat(get("scaling/main/primary", CHROME).body()).startsWith("{\"role\":\"primary\"");
		assertThat(get("scalingbudget", CHROME).body()).startsWith("{\"mode\":");
	}

	@Test
	void pageAllowsNothingButItself() throws Exception {
		String page = get("scaling", CHROME).body();
		String policy = page.replaceAll("(?s).*http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\".*", "$1");
		assertThat(policy.split("; ")).contains("default-src 'none'", "connect-src 'self'", "base-uri 'none'",
				"form-action 'none'");
		assertThat(policy).doesNotContain("unsafe", "http:", "https:", "*");
		assertThat(policy).containsPattern("style-src 'sha256-[^']+='").containsPattern("script-src 'sha256-[^']+='");
		assertThat(page).doesNotContainPattern("(?i)(src|href)=[\"']?(https?:)?//")
			.doesNotContainPattern("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(")
			.doesNotContainPattern("<[^>]+ style=")
			.doesNotContainPattern("<[a-z]+ [^>]*\\bon[a-z]+=");
	}

	@Test
	void documentedConfigurationExposesWhatThePageShows() throws Exception {
		String yaml = Files.readString(Path.of("..", "docs", "page.md")).replaceAll("(?s).*?```yaml\n(.*?)```.*", "$1");
		PropertySource<?> documented = new YamlPropertySourceLoader()
			.load("page.md", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.get(0);
		String exposed = "management.endpoints.web.exposure.include";
		String included = String.valueOf(documented.getProperty(exposed));
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class,
				exposed + "=" + included)) {
			assertThat(included.split(", ")).contains("scaling", "scalingadvisor", "scalingbudget", "scalingdecisions",
					"scalingkeys", "scalingpgbouncer");
			assertThat(context.getBeanNamesForType(ScalingEndpointWebExtension.class)).hasSize(1);
			assertThat(context.getBeanNamesForType(ScalingDecisionsEndpoint.class)).hasSize(1);
			assertThat(context.getBeanNamesForType(ScalingBudgetEndpoint.class)).hasSize(1);
			assertThat(context.getBeanNamesForType(ScalingPgBouncerEndpoint.class)).hasSize(1);
		}
	}

	@Test
	void pageIsNotThereWhereTheEndpointIsNotExposed() {
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class,
				"management.endpoints.jmx.exposure.include=scaling")) {
			assertThat(context.getBeanNamesForType(ScalingEndpointWebExtension.class)).isEmpty();
		}
	}

	private HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:%d/manage/ops/%s".formatted(this.port, path)));
		if (accept != null) {
			request.header("Accept", accept);
		}
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
