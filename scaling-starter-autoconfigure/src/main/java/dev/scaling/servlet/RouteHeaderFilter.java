package dev.scaling.servlet;

import java.io.IOException;

import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.Node;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NamedThreadLocal;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Writes the ids of the nodes that have served a request, in their order, into the
 * response header {@value #HEADER}. The same node several times in a row is named once.
 * <p>
 * What is served after the response has been committed, or on other threads, is not
 * named.
 *
 * @since 0.1.0
 */
public final class RouteHeaderFilter extends OncePerRequestFilter implements RoutingListener {

	/**
	 * Name of the response header.
	 */
	public static final String HEADER = "Scaling-Route";

	private static final int MAXIMUM_LENGTH = 1024;

	private final ThreadLocal<@Nullable Route> current = new NamedThreadLocal<>("Route of the request");

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain filterChain)
			throws ServletException, IOException {
		this.current.set(new Route(response));
		try {
			filterChain.doFilter(request, response);
		}
		finally {
			this.current.remove();
		}
	}

	@Override
	public void routed(Node node, RoutingReason reason) {
		Route route = this.current.get();
		if (route != null) {
			route.add(node.id());
		}
	}

	/**
	 * What has served one request so far.
	 */
	private static final class Route {

		private final HttpServletResponse response;

		private @Nullable String last;

		private String value = "";

		private Route(HttpServletResponse response) {
			this.response = response;
		}

		private void add(String id) {
			if (!id.equals(this.last) && this.value.length() + id.length() < MAXIMUM_LENGTH) {
				this.value = this.value.isEmpty() ? id : this.value + ", " + id;
				this.last = id;
				this.response.setHeader(HEADER, this.value);
			}
		}

	}

}
