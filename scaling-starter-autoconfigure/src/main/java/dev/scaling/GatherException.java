package dev.scaling;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;

/**
 * Work on many shards has failed. The message says what each of them did. The cause is
 * the first failure, those of other shards are suppressed exceptions.
 * <p>
 * Shards whose work is done stay as they are, and work that was cancelled or has timed
 * out may still complete: there is no transaction over several shards.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class GatherException extends DataAccessException {

	private final Map<String, Outcome> outcomes;

	/**
	 * Creates an exception.
	 * @param message what has happened; what each shard did is added
	 * @param outcomes what each shard did, by name and in the order of the shards
	 * @param cause the first failure, or {@code null} if there was none
	 */
	public GatherException(String message, Map<String, Outcome> outcomes, @Nullable Throwable cause) {
		super(message + outcomes.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + " " + entry.getValue())
			.collect(Collectors.joining(", ", ": ", "")), cause);
		this.outcomes = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
		outcomes.values().forEach((outcome) -> {
			Throwable error = outcome.error();
			if (error != null && error != cause) {
				addSuppressed(error);
			}
		});
	}

	/**
	 * What each shard did.
	 * @return the outcomes by the name of the shard, in the order of the shards
	 */
	public Map<String, Outcome> outcomes() {
		return this.outcomes;
	}

	/**
	 * What became of the work of a shard.
	 */
	public enum State {

		/**
		 * It was done; its result is lost.
		 */
		DONE("done"),

		/**
		 * It failed.
		 */
		FAILED("failed"),

		/**
		 * It had not ended at the deadline.
		 */
		TIMED_OUT("timed out"),

		/**
		 * It was under way when another shard failed.
		 */
		CANCELLED("cancelled"),

		/**
		 * It had not begun when another shard failed.
		 */
		NOT_STARTED("not started");

		private final String description;

		State(String description) {
			this.description = description;
		}

		@Override
		public String toString() {
			return this.description;
		}

	}

	/**
	 * What a shard did.
	 *
	 * @param state what became of the work
	 * @param error why it has no result, or {@code null} if it has one or was given up
	 */
	public record Outcome(State state, @Nullable Throwable error) implements Serializable {

		@Override
		public String toString() {
			return (this.error != null) ? this.state + " (" + this.error + ")" : this.state.toString();
		}

	}

}
