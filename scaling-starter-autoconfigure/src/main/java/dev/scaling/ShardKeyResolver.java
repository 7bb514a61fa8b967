package dev.scaling;

import org.jspecify.annotations.Nullable;

/**
 * Says which shard a whole request or job works on, for example by the tenant in a
 * header, a token or a message. A bean of this type is asked where neither an annotation
 * nor a {@link RoutingContext} says it, once for each transaction.
 * <p>
 * It is called by many threads at once and must be thread-safe; it must not use the
 * database.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ShardKeyResolver {

	/**
	 * Returns the target of the work of the calling thread.
	 * @return the target, or {@code null} for work that has no key: it runs on the
	 * cluster {@code main}, or fails if there is none
	 */
	@Nullable ShardTarget resolve();

}
