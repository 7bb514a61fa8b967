package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How the results that a method has on each shard become one.
 */
enum ResultSum {

	/**
	 * One after another.
	 */
	LIST {

		@Override
		Object of(Map<String, ?> results) {
			return addAll(new ArrayList<>(), results);
		}

	},

	/**
	 * The union.
	 */
	SET {

		@Override
		Object of(Map<String, ?> results) {
			return addAll(new LinkedHashSet<>(), results);
		}

	},

	/**
	 * The union, without common keys.
	 */
	MAP {

		@Override
		Object of(Map<String, ?> results) {
			Map<Object, Object> union = new LinkedHashMap<>();
			Map<Object, String> owners = new HashMap<>();
			results.forEach((shard, result) -> {
				if (result != null) {
					((Map<?, ?>) result).forEach((key, value) -> {
						String owner = owners.putIfAbsent(key, shard);
						if (owner != null) {
							throw new IllegalStateException("The results of " + owner + " and " + shard
									+ " both have the key " + key + ", so their maps cannot become one");
						}
						union.put(key, value);
					});
				}
			});
			return union;
		}

	},

	/**
	 * The sum of {@code long} values.
	 */
	LONG {

		@Override
		@Nullable Object of(Map<String, ?> results) {
			return results.values()
				.stream()
				.filter(Objects::nonNull)
				.map(Long.class::cast)
				.reduce(Math::addExact)
				.orElse(null);
		}

	},

	/**
	 * The sum of {@code int} values.
	 */
	INTEGER {

		@Override
		@Nullable Object of(Map<String, ?> results) {
			return results.values()
				.stream()
				.filter(Objects::nonNull)
				.map(Integer.class::cast)
				.reduce(Math::addExact)
				.orElse(null);
		}

	},

	/**
	 * Nothing.
	 */
	NOTHING {

		@Override
		@Nullable Object of(Map<String, ?> results) {
			return null;
		}

	};

	/**
	 * Puts the results together.
	 * @param results the results by the name of the shard, which may be {@code null}
	 */
	abstract @Nullable Object of(Map<String, ?> results);

	private static Collection<Object> addAll(Collection<Object> all, Map<String, ?> results) {
		for (Object result : results.values()) {
			if (result != null) {
				all.addAll((Collection<?>) result);
			}
		}
		return all;
	}

	/**
	 * Finds what fits a return type.
	 */
	static @Nullable ResultSum of(Class<?> type) {
		if (type == List.class || type == Collection.class) {
			return LIST;
		}
		if (type == Set.class) {
			return SET;
		}
		if (type == Map.class) {
			return MAP;
		}
		if (type == long.class || type == Long.class) {
			return LONG;
		}
		if (type == int.class || type == Integer.class) {
			return INTEGER;
		}
		return (type == void.class) ? NOTHING : null;
	}

}
