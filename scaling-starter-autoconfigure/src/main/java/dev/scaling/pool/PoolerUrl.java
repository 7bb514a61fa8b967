package dev.scaling.pool;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Where a JDBC URL leads to.
 *
 * @param addresses hosts with their ports
 * @param database the name of the database, empty if the URL has none
 */
record PoolerUrl(Set<String> addresses, String database) {

	private static final String DEFAULT_PORT = "5432";

	/**
	 * Reads a URL.
	 * @param url the URL, with or without parameters
	 * @return the place, or {@code null} if the URL does not tell
	 */
	static @Nullable PoolerUrl of(@Nullable String url) {
		int start = (url != null) ? url.indexOf("postgresql://") : -1;
		if (url == null || start < 0) {
			return null;
		}
		String rest = url.substring(start + "postgresql://".length());
		int parameters = rest.indexOf('?');
		rest = (parameters >= 0) ? rest.substring(0, parameters) : rest;
		int slash = rest.indexOf('/');
		Set<String> addresses = new LinkedHashSet<>();
		for (String address : ((slash >= 0) ? rest.substring(0, slash) : rest).split(",")) {
			addresses.add(withPort(address.toLowerCase(Locale.ROOT)));
		}
		return new PoolerUrl(addresses, (slash >= 0) ? rest.substring(slash + 1) : "");
	}

	private static String withPort(String address) {
		return (address.lastIndexOf(':') > address.lastIndexOf(']')) ? address : address + ":" + DEFAULT_PORT;
	}

	/**
	 * Whether both lead to the same place, be it to different databases.
	 */
	boolean isSamePlace(PoolerUrl other) {
		return !Collections.disjoint(this.addresses, other.addresses);
	}

}
