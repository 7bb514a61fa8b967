package dev.scaling.autoconfigure;

import java.util.regex.Pattern;

/**
 * What is asked of a JDBC URL, and how it may be shown.
 */
final class PostgresqlUrl {

	private static final Pattern SECRETS = Pattern.compile("(?<=://)[^/@]*@|\\?.*$");

	private PostgresqlUrl() {
	}

	/**
	 * Whether the given URL belongs to PostgreSQL, also through a driver that wraps
	 * another, as those of proxies and Testcontainers do.
	 */
	static boolean matches(String url) {
		return url.startsWith("jdbc:") && url.contains("postgresql:");
	}

	/**
	 * Whether the given URL belongs to a database that is part of the application, as in
	 * tests.
	 */
	static boolean isEmbedded(String url) {
		return url.startsWith("jdbc:h2:") || url.startsWith("jdbc:hsqldb:") || url.startsWith("jdbc:derby:");
	}

	/**
	 * The given URL without credentials and parameters, which may hold secrets.
	 */
	static String withoutSecrets(String url) {
		return SECRETS.matcher(url).replaceAll("");
	}

}
