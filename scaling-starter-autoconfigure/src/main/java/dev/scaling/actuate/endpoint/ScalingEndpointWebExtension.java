package dev.scaling.actuate.endpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.function.SingletonSupplier;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of {@link ScalingEndpoint} that
 * answers browsers with a page, which shows what this endpoint and its siblings say, and
 * follows it. Clients that do not ask for {@code text/html} get the JSON of the endpoint.
 * <p>
 * The page loads nothing but the endpoints. An application adds a panel of its own to it
 * with an HTML fragment at {@value #EXTENSION_LOCATION} of its class path. Its
 * {@code <style>} and {@code <script>} elements, which must have no attributes, are
 * allowed by the page's content security policy; what lies elsewhere is not, and neither
 * are attributes with style or script.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = ScalingEndpoint.class)
public final class ScalingEndpointWebExtension {

	/**
	 * Where the fragment of the application is looked for.
	 */
	public static final String EXTENSION_LOCATION = "META-INF/scaling/page-extension.html";

	private static final String EXTENSION_MARK = "<!-- extension -->";

	private static final String POLICY_MARK = "{policy}";

	private static final Pattern LINE_BREAK = Pattern.compile("\r\n?");

	private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);

	private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);

	private final SingletonSupplier<String> page;

	/**
	 * Creates the extension.
	 * @param resources loads the fragment of the application, if it has one
	 */
	public ScalingEndpointWebExtension(ResourceLoader resources) {
		this.page = SingletonSupplier
			.of(() -> write(resources.getResource(ResourceLoader.CLASSPATH_URL_PREFIX + EXTENSION_LOCATION)));
	}

	/**
	 * The page.
	 * @return the page as HTML, never {@code null}
	 */
	@ReadOperation(produces = "text/html;charset=UTF-8")
	public String page() {
		return this.page.obtain();
	}

	private static String write(Resource extension) {
		String page = read(new ClassPathResource("scaling.html", ScalingEndpointWebExtension.class))
			.replace(EXTENSION_MARK, extension.exists() ? read(extension) : "");
		String policy = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; style-src"
				+ hashes(STYLE, page) + "; script-src" + hashes(SCRIPT, page);
		return page.replace(POLICY_MARK, policy);
	}

	/**
	 * As browsers read it, so that they come to the same hashes.
	 */
	private static String read(Resource resource) {
		try {
			return LINE_BREAK.matcher(resource.getContentAsString(StandardCharsets.UTF_8)).replaceAll("\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Failed to read " + resource.getDescription(), ex);
		}
	}

	private static String hashes(Pattern element, String page) {
		return element.matcher(page).results().map((result) -> hash(result.group(1))).collect(Collectors.joining());
	}

	private static String hash(String content) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
			return " 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Each JDK has SHA-256", ex);
		}
	}

}
