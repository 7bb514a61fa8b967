package dev.scaling.insight.advisor;

import java.util.Locale;

/**
 * How much a {@link Finding} matters.
 *
 * @since 0.1.0
 */
public enum Severity {

	/**
	 * Worth knowing; a database with nothing else is healthy.
	 */
	LOW,

	/**
	 * Costs time or room now.
	 */
	MEDIUM,

	/**
	 * Fails now, or will with a little more of the same.
	 */
	HIGH;

	/**
	 * Name of the severity in meters and endpoints, such as {@code high}.
	 * @return the name in lower case
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT);
	}

}
