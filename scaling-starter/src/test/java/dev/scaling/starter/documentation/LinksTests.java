package dev.scaling.starter.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that links between pages lead somewhere, and that each page can be reached from
 * the first one.
 */
class LinksTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

	private static final Pattern CODE = Pattern.compile("^ *```.*?^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

	static List<Path> pages() throws IOException {
		try (Stream<Path> pages = Stream.concat(
				Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
				Files.walk(ROOT.resolve("docs")).filter((path) -> path.toString().endsWith(".md")))) {
			return pages.toList();
		}
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linksLeadSomewhere(Path page) throws IOException {
		for (String link : links(page)) {
			String[] parts = link.split("#", 2);
			Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
			assertThat(target).as(link).exists();
			if (parts.length == 2) {
				assertThat(anchors(target)).as(link).contains(parts[1]);
			}
		}
	}

	@Test
	void eachPageCanBeReachedFromTheFirst() throws IOException {
		Set<Path> reached = new HashSet<>();
		reach(ROOT.resolve("README.md"), reached);
		assertThat(pages()).hasSizeGreaterThan(20).isSubsetOf(reached);
	}

	private static void reach(Path page, Set<Path> reached) throws IOException {
		if (page.toString().endsWith(".md") && Files.exists(page) && reached.add(page)) {
			for (String link : links(page)) {
				reach(page.resolveSibling(link.split("#", 2)[0]).normalize(), reached);
			}
		}
	}

	private static List<String> links(Path page) throws IOException {
		return LINK.matcher(text(page))
			.results()
			.map((result) -> result.group(1))
			.filter((link) -> !link.matches("[a-z]+:.*"))
			.toList();
	}

	/**
	 * The anchors that GitHub makes of headings.
	 */
	private static Set<String> anchors(Path page) throws IOException {
		Set<String> anchors = new HashSet<>();
		Map<String, Integer> seen = new HashMap<>();
		text(page).lines().filter((line) -> line.startsWith("#")).forEach((line) -> {
			String anchor = line.replaceFirst("#+ ", "")
				.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
				.toLowerCase()
				.replaceAll("[^\\p{L}\\p{N}_ -]", "")
				.replace(' ', '-');
			int count = seen.merge(anchor, 1, Integer::sum);
			anchors.add((count > 1) ? anchor + "-" + (count - 1) : anchor);
		});
		return anchors;
	}

	private static String text(Path page) throws IOException {
		return CODE.matcher(Files.readString(page, StandardCharsets.UTF_8)).replaceAll("");
	}

}
