package dev.scaling.sharding;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.scaling.GatherException;
import dev.scaling.GatherException.Outcome;
import dev.scaling.GatherException.State;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.QueryTimeoutException;

/**
 * What has ended work on many shards.
 */
enum FanOutEnd {

	/**
	 * All shards have ended, or nothing more is wanted of them.
	 */
	DONE,

	/**
	 * A shard has failed.
	 */
	FAILURE,

	/**
	 * The time is up.
	 */
	DEADLINE,

	/**
	 * The caller was interrupted.
	 */
	INTERRUPT;

	/**
	 * What has become of a branch that was given up before it had begun.
	 * @param reason why it had not
	 */
	Outcome notBegun(FanOutSettings settings, String reason) {
		return (this != DEADLINE) ? new Outcome(State.NOT_STARTED, null)
				: timedOut("The work has not begun within " + millis(settings) + " ms, since " + reason);
	}

	/**
	 * What has become of a branch that was given up when it had begun.
	 */
	Outcome notEnded(FanOutSettings settings) {
		return (this != DEADLINE) ? new Outcome(State.CANCELLED, null)
				: timedOut("The work has not ended within " + millis(settings) + " ms");
	}

	private static Outcome timedOut(String message) {
		return new Outcome(State.TIMED_OUT, new QueryTimeoutException(message));
	}

	private static long millis(FanOutSettings settings) {
		return TimeUnit.NANOSECONDS.toMillis(settings.timeoutNanos());
	}

	/**
	 * Makes the exception for work that has not come to a result.
	 * @param first the first failure, or {@code null} if it is not known
	 */
	GatherException exception(FanOutSettings settings, Map<String, Outcome> outcomes, @Nullable Throwable first) {
		String work = "Work on " + describe(settings.shards());
		String message = switch (this) {
			case DONE, FAILURE -> work + " failed";
			case DEADLINE -> work + " has not ended within " + millis(settings) + " ms";
			case INTERRUPT -> work + " was given up, because its caller was interrupted";
		};
		Throwable cause = first;
		for (Outcome outcome : outcomes.values()) {
			cause = (cause != null) ? cause : outcome.error();
		}
		return new GatherException(message, outcomes, cause);
	}

	private static String describe(List<String> shards) {
		return (shards.size() == 1) ? "1 shard" : shards.size() + " shards";
	}

	/**
	 * Whether a result may lack a shard because of an error.
	 */
	static boolean isTolerable(@Nullable Throwable error) {
		return !(error instanceof Error) && !(error instanceof RowOrderException);
	}

}
