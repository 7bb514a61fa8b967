package dev.scaling.consistency.servlet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import dev.scaling.consistency.ConsistencyToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * Tokens in cookies. Of two responses that are under way at the same time, the older one
 * may arrive last, so each sets a cookie of a name of its own. It deletes the cookies
 * that have come with its own request, because its token includes theirs.
 */
final class CookieTokens implements CarriedTokens {

	private static final String PREFIX = ConsistencySessionFilter.NAME;

	/**
	 * How many cookies one response deletes: its headers have a limited size, and the
	 * next response deletes more.
	 */
	private static final int MAXIMUM_DELETIONS = 32;

	private static final Pattern NAME = Pattern.compile(PREFIX + "(-[a-z0-9]{1,16})?");

	private static final long SMALLEST_ID = 36 * 36 * 36 * 36 * 36;

	private final List<ConsistencyToken> received = new ArrayList<>();

	/**
	 * The names of the cookies that have come, as far as they may be repeated.
	 */
	private final Set<String> names = new LinkedHashSet<>();

	private final boolean secure;

	private final Duration maxAge;

	private final String name;

	CookieTokens(HttpServletRequest request, Duration maxAge) {
		this.secure = request.isSecure();
		this.maxAge = maxAge;
		this.name = PREFIX + "-"
				+ Long.toString(ThreadLocalRandom.current().nextLong(SMALLEST_ID, SMALLEST_ID * Character.MAX_RADIX),
						Character.MAX_RADIX);
		// getCookies() fails in some servers if another cookie is malformed
		Enumeration<String> headers = request.getHeaders(HttpHeaders.COOKIE);
		while (headers.hasMoreElements()) {
			read(headers.nextElement());
		}
	}

	private void read(String header) {
		int begin = header.indexOf(PREFIX);
		while (begin >= 0 && this.received.size() <= MAXIMUM) {
			int semicolon = header.indexOf(';', begin);
			int end = (semicolon >= 0) ? semicolon : header.length();
			int equals = header.indexOf('=', begin);
			if (equals >= 0 && equals < end && isBegin(header, begin)) {
				read(header.substring(begin, equals).trim(), header.substring(equals + 1, end));
			}
			begin = header.indexOf(PREFIX, end);
		}
	}

	private static boolean isBegin(String header, int index) {
		return header.substring(0, index).isBlank() || header.substring(0, index).stripTrailing().endsWith(";");
	}

	private void read(String name, String value) {
		ConsistencyToken token = (this.received.size() < MAXIMUM) ? ConsistencyToken.parse(value)
				: ConsistencyToken.unknown();
		if (!token.isEmpty()) {
			this.received.add(token);
		}
		if (this.names.size() < MAXIMUM_DELETIONS && NAME.matcher(name).matches()) {
			this.names.add(name);
		}
	}

	@Override
	public List<ConsistencyToken> received() {
		return this.received;
	}

	@Override
	public void send(HttpServletResponse response, ConsistencyToken token) {
		List<String> cookies = new ArrayList<>();
		for (String cookie : response.getHeaders(HttpHeaders.SET_COOKIE)) {
			if (!cookie.startsWith(PREFIX)) {
				cookies.add(cookie);
			}
		}
		cookies.add(cookie(token));
		this.names.forEach((name) -> cookies.add(deletion(name)));
		response.setHeader(HttpHeaders.SET_COOKIE, cookies.get(0));
		cookies.subList(1, cookies.size()).forEach((cookie) -> response.addHeader(HttpHeaders.SET_COOKIE, cookie));
	}

	private String cookie(ConsistencyToken token) {
		return ResponseCookie.from(this.name, token.toString())
			.path("/")
			.maxAge(this.maxAge)
			.secure(this.secure)
			.httpOnly(true)
			.sameSite("Lax")
			.build()
			.toString();
	}

	private static String deletion(String name) {
		return name + "=; Path=/; Max-Age=0";
	}

}
