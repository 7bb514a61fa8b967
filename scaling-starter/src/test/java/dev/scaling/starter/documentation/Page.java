package dev.scaling.starter.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/**
 * A page of the documentation, whose examples are tested.
 */
public final class Page {

	private static final Pattern SNIPPET = Pattern.compile("[\\t ]*// tag::(\\w+)\\[]\\n(.*?)[\\t ]*// end::\\1\\[]",
			Pattern.DOTALL);

	private final Path path;

	private Page(Path path) {
		this.path = path;
	}

	/**
	 * A page.
	 * @param name the name of the file in {@code docs}
	 * @return the page
	 */
	public static Page of(String name) {
		return new Page(Path.of("..", "docs", name));
	}

	/**
	 * Where the page is.
	 * @return the file
	 */
	public Path path() {
		return this.path;
	}

	/**
	 * The whole page.
	 * @return the text
	 */
	public String text() {
		return read(this.path);
	}

	/**
	 * The blocks of code in a language, without the indentation that all lines of a block
	 * have.
	 * @param language the language, such as {@code yaml}
	 * @return the blocks
	 */
	public List<String> blocks(String language) {
		return Pattern.compile("^( *)```" + language + "\\n(.*?)^\\1```$", Pattern.DOTALL | Pattern.MULTILINE)
			.matcher(text())
			.results()
			.map((block) -> normalized(block.group(2)))
			.toList();
	}

	/**
	 * The parts of the sources beside a test that stand between {@code tag::name[]} and
	 * {@code end::name[]}.
	 * @param test the test
	 * @return the parts, as {@link #blocks} of a page would have them
	 */
	public static List<String> snippets(Class<?> test) {
		Path sources = Path.of("src", "test", "java", test.getPackageName().replace('.', '/'));
		try (Stream<Path> files = Files.list(sources)) {
			return files.filter((file) -> !file.endsWith(test.getSimpleName() + ".java"))
				.flatMap((file) -> SNIPPET.matcher(read(file)).results())
				.map((MatchResult snippet) -> normalized(snippet.group(2)))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String normalized(String block) {
		return block.stripTrailing().stripIndent();
	}

	/**
	 * The properties of some YAML.
	 * @param yaml the YAML, one document
	 * @return the properties
	 */
	public static EnumerablePropertySource<?> properties(String yaml) {
		try {
			return (EnumerablePropertySource<?>) new YamlPropertySourceLoader()
				.load("page", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
				.get(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Binds some YAML, of which no property may remain.
	 * @param <T> the type of the properties
	 * @param yaml the YAML
	 * @param prefix the prefix of the properties
	 * @param type the type of the properties
	 * @return the properties, defaults where the YAML has none
	 */
	public static <T> T bind(String yaml, String prefix, Class<T> type) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addLast(properties(yaml));
		return Binder.get(environment)
			.bindOrCreate(prefix, Bindable.of(type), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
