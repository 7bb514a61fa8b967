package dev.scaling.consistency.servlet;

import java.util.List;

import dev.scaling.consistency.ConsistencyToken;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The tokens that have come with a request, and the one that goes with its response. The
 * latter includes the former.
 */
interface CarriedTokens {

	/**
	 * How many tokens are read: more of them count as one that is unknown.
	 */
	int MAXIMUM = 64;

	List<ConsistencyToken> received();

	/**
	 * Puts a token into the headers, in place of the one that was put there before.
	 */
	void send(HttpServletResponse response, ConsistencyToken token);

}
