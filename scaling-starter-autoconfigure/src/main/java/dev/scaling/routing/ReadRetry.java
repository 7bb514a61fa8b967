package dev.scaling.routing;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/**
 * Repeats a read-only method whose node has failed: on another replica, and the last time
 * on the primary.
 */
final class ReadRetry {

	private static final String RECOVERY_CONFLICT = "40001";

	private ReadRetry() {
	}

	static @Nullable Object invoke(MethodInvocation invocation, RouteState state, int retries) throws Throwable {
		Attempts attempts = new Attempts(invocation, state, retries);
		RetryTemplate template = new RetryTemplate(RetryPolicy.builder()
			.maxRetries(retries)
			.delay(Duration.ZERO)
			.predicate(attempts::isRepeatable)
			.build());
		try {
			return template.execute(() -> Optional.ofNullable(attempts.next())).orElse(null);
		}
		catch (RetryException ex) {
			throw ex.getCause();
		}
	}

	/**
	 * The attempts of one call.
	 */
	private static final class Attempts {

		private final MethodInvocation invocation;

		private final RouteState state;

		private final int retries;

		private int number;

		private @Nullable NodePool failed;

		Attempts(MethodInvocation invocation, RouteState state, int retries) {
			this.invocation = invocation;
			this.state = state;
			this.retries = retries;
		}

		@Nullable Object next() throws Throwable {
			NodePool avoided = this.state.avoided;
			RoutingReason forcedReason = this.state.forcedReason;
			this.state.last = null;
			this.state.avoided = this.failed;
			this.state.forcedReason = (this.number > 0 && this.number == this.retries && this.retries > 1)
					? RoutingReason.READ_RETRY : null;
			if (this.failed != null) {
				this.failed.countRetry();
			}
			this.number++;
			try {
				return copy().proceed();
			}
			finally {
				this.failed = this.state.last;
				this.state.avoided = avoided;
				this.state.forcedReason = forcedReason;
			}
		}

		/**
		 * An invocation can be proceeded only once.
		 */
		private MethodInvocation copy() {
			return (this.invocation instanceof ProxyMethodInvocation proxied) ? proxied.invocableClone()
					: this.invocation;
		}

		boolean isRepeatable(Throwable failure) {
			return this.failed != null && this.invocation instanceof ProxyMethodInvocation && isOfNode(failure)
					&& !Thread.currentThread().isInterrupted();
		}

		private static boolean isOfNode(Throwable failure) {
			Throwable candidate = failure;
			for (int depth = 0; candidate != null && depth < 10; depth++) {
				if (candidate instanceof SQLException ex && ex.getSQLState() != null
						&& (ex.getSQLState().startsWith("08") || ex.getSQLState().startsWith("57P0")
								|| ex.getSQLState().equals(RECOVERY_CONFLICT))) {
					return true;
				}
				candidate = candidate.getCause();
			}
			return false;
		}

	}

}
