package dev.scaling;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a method runs once on each shard of a keyspace, at the same time, and returns
 * what all of them have: <pre class="code">
 * &#64;OnAllShards
 * &#64;Transactional(readOnly = true)
 * public List&lt;Order&gt; findUnpaid() { ... }
 * </pre>
 * <p>
 * The return type says how the results are put together:
 * <ul>
 * <li>{@code List} and {@code Collection}: one after another in the order of the
 * shards</li>
 * <li>{@code Set}: the union</li>
 * <li>{@code Map}: the union; a key that two shards have is an error</li>
 * <li>{@code long}, {@code int}, {@code Long} and {@code Integer}: the sum; a sum that is
 * too large is an error</li>
 * <li>{@code void}: nothing</li>
 * </ul>
 * What a shard returns as {@code null} counts as nothing; if all do, a {@code Long} or an
 * {@code Integer} is {@code null} too. Any other type is refused when the application
 * starts, as is a method that has a {@link ShardKey}, too, or is cached by Spring, whose
 * cache would give the result of one shard for another. Use {@link Gather} for everything
 * else.
 * <p>
 * Each shard's call has a thread and a transaction of its own: there is none over all of
 * them. If a shard fails the others are cancelled and a {@link GatherException} is
 * thrown, but those that are done stay as they are. {@link FanOut} says where such a call
 * is refused. A method that is called from within the same object is not intercepted, as
 * with {@code @Transactional}, and runs once. One that nobody can intercept, because it
 * is private, final or static, stops the application at its start. May be used as a
 * meta-annotation.
 *
 * @since 0.1.0
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnAllShards {

	/**
	 * The keyspace whose shards are meant.
	 * @return the name, or an empty text for the only keyspace
	 */
	String keyspace() default "";

	/**
	 * How long the calls may take together: a duration such as {@code 500ms} or
	 * {@code PT2S}, which must be positive.
	 * @return the duration as Spring Boot reads it, or an empty text for the default
	 */
	String timeout() default "";

	/**
	 * Whether the result may lack shards that fail or are late. As the result cannot say
	 * that it does, each failure is counted, and logged as a warning at most once a
	 * minute for each method. If all shards fail a {@link GatherException} is thrown in
	 * any case.
	 * @return {@code true} if an incomplete result is better than none
	 */
	boolean partial() default false;

}
