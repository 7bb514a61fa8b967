package dev.scaling.starter.consistency;

import java.util.Optional;

import dev.scaling.NodeUnavailableException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What callers see when work fails: Spring's exceptions hide the cause that tells.
 */
public final class Failures {

	private Failures() {
	}

	/**
	 * Finds an exception among the causes of another one.
	 * @param failure the exception that came
	 * @param type the type of the wanted one
	 * @param <T> the type of the wanted one
	 * @return the exception, or empty if there is none
	 */
	public static <T extends Throwable> Optional<T> find(@Nullable Throwable failure, Class<T> type) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (type.isInstance(cause)) {
				return Optional.of(type.cast(cause));
			}
		}
		return Optional.empty();
	}

	/**
	 * Asserts that work fails because no node could be used.
	 * @param work the work
	 * @return an assertion of the exception that says why
	 */
	public static ThrowableAssertAlternative<NodeUnavailableException> assertUnavailable(ThrowingCallable work) {
		return assertFailure(NodeUnavailableException.class, work);
	}

	/**
	 * Asserts that work fails for a reason.
	 * @param type the exception that says so, at any depth
	 * @param work the work
	 * @param <T> the type of the exception
	 * @return an assertion of that exception
	 */
	public static <T extends Throwable> ThrowableAssertAlternative<T> assertFailure(Class<T> type,
			ThrowingCallable work) {
		Throwable failure = catchThrowable(work);
		return assertThatExceptionOfType(type).isThrownBy(() -> {
			Optional<T> cause = find(failure, type);
			if (cause.isPresent()) {
				throw cause.get();
			}
			if (failure != null) {
				throw failure;
			}
		});
	}

}
