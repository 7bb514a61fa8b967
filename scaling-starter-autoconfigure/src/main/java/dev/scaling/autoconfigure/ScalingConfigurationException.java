package dev.scaling.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * The configuration cannot work.
 */
final class ScalingConfigurationException extends RuntimeException {

	private final String description;

	private final String action;

	ScalingConfigurationException(String description, String action) {
		this(description, action, null);
	}

	ScalingConfigurationException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Wrong URL of a node, which is shown without its secrets.
	 */
	static ScalingConfigurationException ofUrl(String property, String url, String reason, String action) {
		return new ScalingConfigurationException(
				"Property '" + property + "' has the value '" + PostgresqlUrl.withoutSecrets(url) + "'. " + reason,
				action);
	}

	String description() {
		return this.description;
	}

	String action() {
		return this.action;
	}

}
