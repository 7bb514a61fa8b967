package dev.scaling.starter.failover.patroni;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@code patroni.yml} of {@code docs/failover.md}, as it stands there until something
 * is replaced.
 */
final class PatroniYaml {

	private static final Path PAGE = Path.of("..", "docs", "failover.md");

	private static final Pattern BLOCK = Pattern.compile("^```yaml\\n(# patroni\\.yml\\n.*?)^```$",
			Pattern.DOTALL | Pattern.MULTILINE);

	private final Map<String, Object> root;

	private PatroniYaml(Map<String, Object> root) {
		this.root = root;
	}

	static PatroniYaml ofThePage() throws IOException {
		Matcher block = BLOCK.matcher(Files.readString(PAGE, StandardCharsets.UTF_8));
		assertThat(block.find()).as("patroni.yml in " + PAGE).isTrue();
		return new PatroniYaml(new Yaml().load(block.group(1)));
	}

	/**
	 * Replace a value.
	 * @param path the names that lead to it, separated by dots
	 * @param value the value to have there
	 * @return this instance
	 */
	PatroniYaml replace(String path, Object value) {
		int lastDot = path.lastIndexOf('.');
		Map<String, Object> parent = (lastDot < 0) ? this.root : map(path.substring(0, lastDot));
		assertThat(parent.replace(path.substring(lastDot + 1), value)).as(path).isNotNull();
		return this;
	}

	/**
	 * Add a parameter of {@code postgresql.conf}.
	 * @param name the name of the parameter
	 * @param value its value
	 * @return this instance
	 */
	PatroniYaml parameter(String name, Object value) {
		map("postgresql.parameters").put(name, value);
		return this;
	}

	/**
	 * The values at a place.
	 * @param path the names that lead there, separated by dots
	 * @return the values by name
	 */
	@SuppressWarnings("unchecked")
	Map<String, Object> map(String path) {
		Map<String, Object> map = this.root;
		for (String name : path.split("\\.")) {
			map = (Map<String, Object>) map.get(name);
			assertThat(map).as(path).isNotNull();
		}
		return map;
	}

	@Override
	public String toString() {
		return new Yaml().dump(this.root);
	}

}
