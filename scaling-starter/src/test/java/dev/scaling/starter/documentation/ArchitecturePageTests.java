package dev.scaling.starter.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/architecture.md} names what is there.
 */
class ArchitecturePageTests {

	private static final Path PAGE = Path.of("..", "docs", "architecture.md");

	private static final Path SOURCES = Path.of("..", "scaling-starter-autoconfigure", "src", "main", "java");

	@Test
	void packagesAreThoseOfTheLibrary() throws IOException {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			Set<String> packages = files.filter((file) -> file.endsWith("package-info.java"))
				.map((file) -> SOURCES.relativize(file.getParent()).toString().replace('/', '.'))
				.collect(Collectors.toSet());
			assertThat(found("^\\| `(dev\\.[\\w.]+)` \\|")).isEqualTo(packages);
		}
	}

	@Test
	void typesAreThere() throws IOException {
		Set<String> types;
		try (Stream<Path> files = Files.walk(SOURCES)) {
			types = files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith(".java"))
				.map((name) -> name.substring(0, name.length() - ".java".length()))
				.collect(Collectors.toSet());
		}
		assertThat(found("`([A-Z]\\w+)`")).isNotEmpty().isSubsetOf(types);
	}

	private static Set<String> found(String pattern) throws IOException {
		return Pattern.compile(pattern, Pattern.MULTILINE)
			.matcher(Files.readString(PAGE))
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toSet());
	}

}
