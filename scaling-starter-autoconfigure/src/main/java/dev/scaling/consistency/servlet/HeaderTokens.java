package dev.scaling.consistency.servlet;

import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

import dev.scaling.consistency.ConsistencyToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Tokens in the header {@value ConsistencySessionFilter#NAME}: a request may have several
 * of them, in one header or in several.
 */
final class HeaderTokens implements CarriedTokens {

	private final List<ConsistencyToken> received = new ArrayList<>();

	HeaderTokens(HttpServletRequest request) {
		Enumeration<String> headers = request.getHeaders(ConsistencySessionFilter.NAME);
		while (headers.hasMoreElements()) {
			read(headers.nextElement());
		}
	}

	private void read(String header) {
		int begin = 0;
		while (begin <= header.length() && this.received.size() <= MAXIMUM) {
			int comma = header.indexOf(',', begin);
			int end = (comma >= 0) ? comma : header.length();
			ConsistencyToken token = (this.received.size() < MAXIMUM)
					? ConsistencyToken.parse(header.substring(begin, end)) : ConsistencyToken.unknown();
			if (!token.isEmpty()) {
				this.received.add(token);
			}
			begin = end + 1;
		}
	}

	@Override
	public List<ConsistencyToken> received() {
		return this.received;
	}

	@Override
	public void send(HttpServletResponse response, ConsistencyToken token) {
		response.setHeader(ConsistencySessionFilter.NAME, token.toString());
	}

}
