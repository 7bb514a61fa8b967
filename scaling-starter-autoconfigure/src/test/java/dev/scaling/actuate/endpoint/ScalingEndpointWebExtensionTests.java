package dev.scaling.actuate.endpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

import org.junit.jupiter.api.Test;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScalingEndpointWebExtension}.
 */
class ScalingEndpointWebExtensionTests {

	@Test
	void pageWithoutExtension() {
		String page = new ScalingEndpointWebExtension(new DefaultResourceLoader()).page();
		assertThat(page).startsWith("<!DOCTYPE html>").doesNotContain("<!-- extension -->", "{policy}");
		assertThat(policy(page).split("'sha256-", -1)).hasSize(3);
	}

	@Test
	void extensionIsAPartOfThePageAndAllowedByItsHashes() throws Exception {
		String script = "\nalert('$1 \\ text');\n";
		String page = page("<style>p{}</style>\r\n<p>mine</p><script>" + script.replace("\n", "\r\n") + "</script>");
		assertThat(page).contains("<style>p{}</style>\n<p>mine</p><script>" + script + "</script>");
		assertThat(policy(page)).contains(hash("p{}"), hash(script));
		assertThat(policy(page).split("'sha256-", -1)).hasSize(5);
	}

	@Test
	void extensionCannotChangeThePolicy() {
		String page = page("<p>{policy}</p><script src=\"https://example.com/\"></script>");
		assertThat(policy(page).split("'sha256-", -1)).hasSize(3);
		assertThat(policy(page)).doesNotContain("example.com");
	}

	private static String page(String extension) {
		return new ScalingEndpointWebExtension(new DefaultResourceLoader() {

			@Override
			public Resource getResource(String location) {
				assertThat(location).isEqualTo("classpath:META-INF/scaling/page-extension.html");
				return new ByteArrayResource(extension.getBytes(StandardCharsets.UTF_8));
			}

		}).page();
	}

	private static String policy(String page) {
		return page.replaceAll("(?s).*?Content-Security-Policy\" content=\"([^\"]*)\".*", "$1");
	}

	private static String hash(String content) throws Exception {
		byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
		return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
	}

}
