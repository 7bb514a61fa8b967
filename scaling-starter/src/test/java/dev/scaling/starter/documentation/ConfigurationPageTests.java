package dev.scaling.starter.documentation;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.jayway.jsonpath.JsonPath;
import dev.scaling.autoconfigure.ScalingProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/configuration.md} has all properties, with the defaults and
 * descriptions of the configuration metadata.
 */
class ConfigurationPageTests {

	private static final Path PAGE = Path.of("..", "docs", "configuration.md");

	@Test
	void propertiesOfTheMetadataAreThoseOfThePage() throws IOException {
		Map<String, String> page = rows();
		List<String> expected = new ArrayList<>();
		List<String> documented = new ArrayList<>();
		for (Map<String, Object> property : metadata()) {
			String name = (String) property.get("name");
			if (!isBelowAnother(name, page)) {
				expected.add(row(name, property.get("defaultValue"), (String) property.get("description")));
				documented.add(name);
			}
		}
		assertThat(expected).hasSizeGreaterThan(80).isSubsetOf(page.values());
		assertThat(page.keySet().stream().filter((name) -> !name.contains("<name>") && !name.endsWith(".*")))
			.isSubsetOf(documented);
	}

	@Test
	void propertiesOfReplicasShardsAndKeyspacesAreThoseOfThePage() throws IOException {
		Map<String, String> page = rows();
		List<String> names = new ArrayList<>();
		addNames(names, "scaling.replicas.<name>", ScalingProperties.Replica.class);
		addNames(names, "scaling.shards.<name>", ScalingProperties.Shard.class);
		addNames(names, "scaling.keyspaces.<name>", ScalingProperties.Keyspace.class);
		names.removeIf((name) -> isBelowAnother(name, page));
		assertThat(names).containsExactlyInAnyOrderElementsOf(page.keySet()
			.stream()
			.filter((name) -> name.contains("<name>"))
			.filter((name) -> !name.endsWith(".*"))
			.toList());
	}

	@Test
	void descriptionsAreSentences() throws IOException {
		assertThat(metadata())
			.allSatisfy((property) -> assertThat(property.get("description")).as(String.valueOf(property.get("name")))
				.asString()
				.matches("[A-Z].*\\.")
				.doesNotMatch("(The|A|An) .*"));
	}

	private static void addNames(List<String> names, String prefix, Class<?> type) {
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			Class<?> propertyType = property.getPropertyType();
			if (property.getName().equals("class") || propertyType == null) {
				continue;
			}
			String name = prefix + "." + dashed(property.getName());
			if (ScalingProperties.class == propertyType.getEnclosingClass() && !propertyType.isEnum()
					|| ClassUtils.getShortName(propertyType).startsWith("ScalingProperties.Keyspace.")) {
				addNames(names, name, propertyType);
			}
			else {
				names.add(name);
			}
		}
	}

	private static String dashed(String name) {
		String dashed = name.replaceAll("([A-Z])", "-$1").toLowerCase();
		return ConfigurationPropertyName.of(dashed).toString();
	}

	/**
	 * Whether a row such as {@code scaling.primary.pool.*} stands for the property.
	 */
	private static boolean isBelowAnother(String name, Map<String, String> page) {
		return page.keySet()
			.stream()
			.anyMatch((row) -> row.endsWith(".*") && name.startsWith(row.substring(0, row.length() - 1))
					|| name.equals(row.replaceAll("\\.\\*$", "")) && !name.equals(row));
	}

	private static String row(String name, @Nullable Object defaultValue, String description) {
		String value = (defaultValue instanceof Double number && number == Math.rint(number))
				? String.valueOf(number.longValue()) : String.valueOf(defaultValue);
		return "| `" + name + "` | " + ((defaultValue != null) ? "`" + value + "` " : "") + "| " + description + " |";
	}

	private static List<Map<String, Object>> metadata() throws IOException {
		try (InputStream stream = ScalingProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			return JsonPath.read(stream, "$.properties[?(@.name =~ /scaling\\..*/)]");
		}
	}

	private static Map<String, String> rows() throws IOException {
		Map<String, String> rows = new TreeMap<>();
		Files.readString(PAGE, StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> line.startsWith("| `scaling."))
			.forEach((line) -> rows.put(line.split("`")[1], line));
		return rows;
	}

}
