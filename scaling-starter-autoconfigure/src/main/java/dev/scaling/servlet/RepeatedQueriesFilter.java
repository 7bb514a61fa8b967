package dev.scaling.servlet;

import java.io.IOException;

import dev.scaling.insight.RepeatedQueries;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells {@link RepeatedQueries} of requests.
 *
 * @since 0.1.0
 */
public final class RepeatedQueriesFilter extends OncePerRequestFilter {

	private final RepeatedQueries queries;

	/**
	 * Creates a filter.
	 * @param queries who is told
	 */
	public RepeatedQueriesFilter(RepeatedQueries queries) {
		this.queries = queries;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain filterChain)
			throws ServletException, IOException {
		this.queries.begin();
		try {
			filterChain.doFilter(request, response);
		}
		finally {
			this.queries.end(request, (ended) -> "request " + ended.getMethod() + " " + ended.getRequestURI());
		}
	}

}
