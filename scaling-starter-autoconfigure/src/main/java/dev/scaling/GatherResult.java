package dev.scaling;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What each shard of a {@link Gather} did. A shard is in one of the maps; both are in the
 * order of the shards and cannot be changed.
 *
 * @param values the results by the name of the shard
 * @param errors why the other shards have none, by the name of the shard
 * @param <T> the type of the result of a shard
 * @since 0.1.0
 */
public record GatherResult<T extends @Nullable Object>(Map<String, T> values, Map<String, Throwable> errors) {

	/**
	 * Creates a result.
	 */
	public GatherResult {
		values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
		errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
	}

	/**
	 * Whether no shard is missing.
	 * @return {@code true} if there are no errors
	 */
	public boolean isComplete() {
		return this.errors.isEmpty();
	}

}
