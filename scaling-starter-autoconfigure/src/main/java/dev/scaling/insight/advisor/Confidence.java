package dev.scaling.insight.advisor;

import java.util.Locale;

/**
 * How sure a {@link Finding} is.
 *
 * @since 0.1.0
 */
public enum Confidence {

	/**
	 * A guess: look for yourself first.
	 */
	LOW,

	/**
	 * Likely.
	 */
	MEDIUM,

	/**
	 * Measured for long enough.
	 */
	HIGH;

	/**
	 * Name of the confidence in endpoints, such as {@code high}.
	 * @return the name in lower case
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT);
	}

	Confidence lower() {
		return values()[Math.max(0, ordinal() - 1)];
	}

}
