package dev.scaling.insight;

import java.lang.StackWalker.StackFrame;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds out which method of the application a thread is working for.
 */
final class CallingMethod {

	/**
	 * Classes that are not the application's, and those that are made while it runs.
	 */
	private static final Pattern LIBRARY = Pattern
		.compile("(?:javax?|jdk|sun|com\\.sun|jakarta|kotlin|scala|groovy|org\\.(?:springframework|hibernate|postgresql"
				+ "|jooq|mybatis|apache|aspectj|junit)|com\\.(?:zaxxer|querydsl)|io\\.(?:micrometer|opentelemetry)"
				+ "|net\\.ttddyy|reactor|dev\\.scaling\\.(?:autoconfigure|routing|insight|sharding|jpa|consistency|servlet|metrics))\\..*"
				+ "|dev\\.scaling\\.[A-Z].*|.*\\$\\$.*|.*\\$Proxy\\d+.*");

	private static final long MAXIMUM_FRAMES = 256;

	private CallingMethod() {
	}

	/**
	 * The transaction that the thread is in, or else the innermost method of the
	 * application.
	 */
	static String name() {
		String transaction = TransactionSynchronizationManager.getCurrentTransactionName();
		return (transaction != null) ? transaction : find(CallingMethod::name);
	}

	/**
	 * The innermost method of the application, and its line.
	 */
	static String line() {
		return find((frame) -> frame.toStackTraceElement().toString());
	}

	private static String find(Function<StackFrame, String> description) {
		return StackWalker.getInstance()
			.walk((frames) -> frames.limit(MAXIMUM_FRAMES)
				.filter((frame) -> !LIBRARY.matcher(frame.getClassName()).matches())
				.findFirst()
				.map(description)
				.orElse("an unknown method"));
	}

	private static String name(StackFrame frame) {
		return frame.getClassName() + "." + frame.getMethodName();
	}

}
