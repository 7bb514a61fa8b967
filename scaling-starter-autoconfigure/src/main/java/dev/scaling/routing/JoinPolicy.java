package dev.scaling.routing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.IllegalTransactionStateException;

/**
 * What happens when a read-write method joins a read-only transaction. JPA drops the
 * changes of such a method without an error, and JDBC fails at the first statement that
 * writes.
 *
 * @since 0.1.0
 */
public enum JoinPolicy {

	/**
	 * Nothing.
	 */
	IGNORE {

		@Override
		void joined(String method, @Nullable String transaction) {
		}

	},

	/**
	 * A warning for each pair of methods, once.
	 */
	WARN {

		private final Set<String> warned = ConcurrentHashMap.newKeySet();

		@Override
		void joined(String method, @Nullable String transaction) {
			if (this.warned.size() < MAXIMUM_WARNINGS && this.warned.add(method + " in " + transaction)) {
				logger.warn(message(method, transaction));
			}
		}

	},

	/**
	 * An exception before the method runs.
	 */
	FAIL {

		@Override
		void joined(String method, @Nullable String transaction) {
			throw new IllegalTransactionStateException(message(method, transaction));
		}

	};

	private static final int MAXIMUM_WARNINGS = 1000;

	private static final Log logger = LogFactory.getLog(JoinPolicy.class);

	abstract void joined(String method, @Nullable String transaction);

	private static String message(String method, @Nullable String transaction) {
		return "Read-write method " + method + " takes part in the read-only transaction "
				+ ((transaction != null) ? "of " + transaction : "without a name")
				+ ": what it writes is lost (JPA) or refused (JDBC). Declare the outer method without readOnly = true,"
				+ " or the inner one with REQUIRES_NEW, or with readOnly = true if it only reads";
	}

}
