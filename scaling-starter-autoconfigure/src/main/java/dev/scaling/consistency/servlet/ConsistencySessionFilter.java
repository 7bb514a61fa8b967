package dev.scaling.consistency.servlet;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import dev.scaling.consistency.Carrier;
import dev.scaling.consistency.ClusterPositions;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Opens a {@link ConsistencySession} for each request, which goes on where the earlier
 * requests of the same client were, and tells the client how far it has come. A client
 * that has never written is told nothing.
 * <p>
 * Asynchronous dispatches and error dispatches belong to the session of their request,
 * and so do the {@code Callable} and the {@code StreamingResponseBody} of a Spring MVC
 * controller. Other threads need context propagation.
 *
 * @since 0.1.0
 * @see ConsistencyToken
 */
public final class ConsistencySessionFilter extends OncePerRequestFilter implements Ordered {

	/**
	 * Name of the header, and the first part of the names of the cookies, which differ
	 * from response to response.
	 */
	public static final String NAME = "Scaling-Session";

	/**
	 * Order of the filter: whatever uses the database has to come later, such as Spring
	 * Session's filter, and what says whether a request is secure has to come before.
	 */
	public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

	private static final String ATTRIBUTE = ConsistencySessionFilter.class.getName() + ".SESSION";

	private final Carrier carrier;

	private final ConsistencyMode mode;

	private final Duration tokenTtl;

	private final Supplier<? extends Collection<? extends ClusterPositions>> clusters;

	private final Map<TokenResult, LongAdder> tokens = new EnumMap<>(TokenResult.class);

	/**
	 * Creates a filter.
	 * @param carrier what carries the token
	 * @param mode what keeps sessions from stale reads
	 * @param tokenTtl how long a client keeps a cookie
	 * @param clusters the clusters that have replicas: while there are none, the filter
	 * does nothing
	 */
	public ConsistencySessionFilter(Carrier carrier, ConsistencyMode mode, Duration tokenTtl,
			Supplier<? extends Collection<? extends ClusterPositions>> clusters) {
		this.carrier = carrier;
		this.mode = mode;
		this.tokenTtl = tokenTtl;
		this.clusters = clusters;
		for (TokenResult result : TokenResult.values()) {
			this.tokens.put(result, new LongAdder());
		}
	}

	/**
	 * How many tokens have come from clients since the start.
	 * @param result what became of them
	 * @return the number of tokens
	 */
	public long tokens(TokenResult result) {
		return Objects.requireNonNull(this.tokens.get(result)).sum();
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected boolean shouldNotFilterErrorDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain filterChain)
			throws ServletException, IOException {
		Object session = request.getAttribute(ATTRIBUTE);
		if (session == null && !this.clusters.get().isEmpty()) {
			session = (this.carrier != Carrier.NONE) ? openCarried(request) : ConsistencySession.open();
			request.setAttribute(ATTRIBUTE, session);
		}
		if (session instanceof RequestSession carried) {
			carried.run(request, response, filterChain);
		}
		else if (session instanceof ConsistencySession own) {
			run(own, request, response, filterChain);
		}
		else {
			filterChain.doFilter(request, response);
		}
	}

	private RequestSession openCarried(HttpServletRequest request) {
		CarriedTokens tokens = (this.carrier == Carrier.COOKIE) ? new CookieTokens(request, this.tokenTtl)
				: new HeaderTokens(request);
		tokens.received().forEach((token) -> Objects.requireNonNull(this.tokens.get(result(token))).increment());
		return new RequestSession(ConsistencySession.openCarried(this.clusters), tokens, this.mode);
	}

	private TokenResult result(ConsistencyToken token) {
		if (token.isUnreadable()) {
			return TokenResult.UNREADABLE;
		}
		return token.issued().plus(this.tokenTtl).isAfter(Clock.systemUTC().instant()) ? TokenResult.ACCEPTED
				: TokenResult.EXPIRED;
	}

	static void run(ConsistencySession session, HttpServletRequest request, HttpServletResponse response,
			FilterChain chain) throws ServletException, IOException {
		WebAsyncUtils.getAsyncManager(request).registerCallableInterceptor(ATTRIBUTE, new SessionInterceptor(session));
		try (ConsistencySession.Scope scope = session.makeCurrent()) {
			chain.doFilter(request, response);
		}
	}

}
