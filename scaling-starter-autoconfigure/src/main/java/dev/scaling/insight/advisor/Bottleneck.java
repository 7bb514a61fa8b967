package dev.scaling.insight.advisor;

import java.util.Locale;

/**
 * What holds a database back.
 *
 * @since 0.1.0
 */
public enum Bottleneck {

	/**
	 * Nobody knows: the statements are not measured.
	 */
	NOT_PROFILED("not known: the statements are not measured"),

	/**
	 * Slow statements, sequential scans, statements that are repeated for each row.
	 */
	SLOW_QUERIES("slow queries, sequential scans"),

	/**
	 * Too many connections, or too few for those who wait for one.
	 */
	CONNECTIONS("too many connections"),

	/**
	 * A high read load.
	 */
	READ_LOAD("high read load"),

	/**
	 * A high write load, or as much WAL as the server can write.
	 */
	WRITE_LOAD("high write load, WAL throughput limit"),

	/**
	 * Tables that grow out of the server.
	 */
	STORAGE("storage growth");

	private final String description;

	Bottleneck(String description) {
		this.description = description;
	}

	/**
	 * The bottleneck in the words of the flowchart.
	 * @return the words
	 */
	public String description() {
		return this.description;
	}

	/**
	 * Name of the bottleneck in meters and endpoints, such as {@code read-load}.
	 * @return the name in lower case with hyphens
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
