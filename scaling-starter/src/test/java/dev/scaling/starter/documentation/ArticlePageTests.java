package dev.scaling.starter.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what {@code docs/article.md} refers to is there.
 */
class ArticlePageTests {

	private static final Path ROOT = Path.of("..");

	private static final Path PAGE = ROOT.resolve("docs").resolve("article.md");

	private static final Pattern TEST = Pattern.compile("`(\\w+Tests)`");

	private static final Pattern PROPERTY = Pattern.compile("`(scaling\\.[a-z.-]+[a-z])`");

	private static final Pattern ROW = Pattern.compile("^\\|(.*)\\|(.*)\\|(.*)\\|$", Pattern.MULTILINE);

	@Test
	void testsAreThere() throws IOException {
		Set<String> tests;
		try (Stream<Path> files = Files.walk(ROOT)) {
			tests = files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith("Tests.java"))
				.map((name) -> name.substring(0, name.length() - ".java".length()))
				.collect(Collectors.toSet());
		}
		assertThat(found(TEST)).isNotEmpty().isSubsetOf(tests);
	}

	@Test
	void eachRowHasATestOrMeasurement() throws IOException {
		assertThat(ROW.matcher(Files.readString(PAGE))
			.results()
			.map((row) -> row.group(3).trim())
			.filter((shown) -> !shown.equals("Shown by") && !shown.startsWith("--"))).isNotEmpty()
			.allMatch((shown) -> TEST.matcher(shown).find() || shown.contains(".md"));
	}

	@Test
	void propertiesAreThere() throws IOException {
		Set<String> names = new HashSet<>();
		for (URL metadata : Collections
			.list(getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream stream = metadata.openStream()) {
				names.addAll(JsonPath.<List<String>>read(stream, "$.properties[*].name"));
			}
		}
		assertThat(found(PROPERTY)).isNotEmpty().isSubsetOf(names);
	}

	private static Set<String> found(Pattern pattern) throws IOException {
		return pattern.matcher(Files.readString(PAGE))
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toSet());
	}

}
