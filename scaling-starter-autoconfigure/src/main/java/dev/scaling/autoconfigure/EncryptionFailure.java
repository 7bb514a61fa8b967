package dev.scaling.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Recognises connections that fail because of their encryption, and knows the cure.
 */
final class EncryptionFailure {

	private static final Map<Pattern, String> CURES = new LinkedHashMap<>();

	static {
		add("PKIX|certificat",
				"Check that 'sslrootcert' is the certificate of the authority that has signed the server's, and that"
						+ " neither has expired.");
		add("hostname .* could not be verified",
				"Use the host name that the server's certificate was issued for in the URL, or have one issued for this"
						+ " name.");
		add("no encryption", "Add 'sslmode=verify-full' to the URL or the driver's properties.");
		add("does not support SSL", "Turn on 'ssl' on the server, or correct the URL.");
	}

	private EncryptionFailure() {
	}

	private static void add(String failure, String cure) {
		CURES.put(Pattern.compile(failure, Pattern.CASE_INSENSITIVE), cure);
	}

	/**
	 * What to do about a failure.
	 * @param reason the messages of the failure
	 * @return the cure, or {@code null} if it has another cause
	 */
	static @Nullable String cure(@Nullable String reason) {
		if (reason == null) {
			return null;
		}
		return CURES.entrySet()
			.stream()
			.filter((cure) -> cure.getKey().matcher(reason).find())
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

}
