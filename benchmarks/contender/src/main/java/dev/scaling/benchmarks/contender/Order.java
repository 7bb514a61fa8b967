package dev.scaling.benchmarks.contender;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A line between a contender's process and the one that compares: what to run, or how it
 * went.
 *
 * @param name the name of the workload, or of the answer
 * @param parameters the parameters, or the figures
 */
public record Order(String name, Map<String, String> parameters) {

	private static final String SEPARATOR = "\t";

	/**
	 * Reads a line.
	 * @param line the line
	 * @return what it says
	 */
	public static Order parse(String line) {
		Map<String, String> parameters = new LinkedHashMap<>();
		String[] parts = line.split(SEPARATOR);
		for (int i = 1; i < parts.length; i++) {
			int equals = parts[i].indexOf('=');
			parameters.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
		}
		return new Order(parts[0], parameters);
	}

	/**
	 * A whole number.
	 * @param parameter the name of the parameter
	 * @return its value
	 */
	public int number(String parameter) {
		return Integer.parseInt(text(parameter));
	}

	/**
	 * A text.
	 * @param parameter the name of the parameter
	 * @return its value
	 */
	public String text(String parameter) {
		String value = this.parameters.get(parameter);
		if (value == null) {
			throw new IllegalArgumentException("'%s' needs '%s'".formatted(this.name, parameter));
		}
		return value;
	}

	@Override
	public String toString() {
		return this.name + new TreeMap<>(this.parameters).entrySet()
			.stream()
			.map((entry) -> SEPARATOR + entry.getKey() + "=" + entry.getValue().replaceAll("[\\t\\r\\n]+", " "))
			.collect(Collectors.joining());
	}

}
