package dev.scaling;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of a bean's method that says which shard the method works on:
 * <pre class="code">
 * &#64;Transactional
 * public void create(&#64;ShardKey("id") User user) { ... }
 *
 * &#64;Transactional(readOnly = true)
 * public User find(&#64;ShardKey long id) { ... }
 * </pre>
 * <p>
 * The whole method, and what it calls, works on the shard that owns the key. A
 * transaction that begins without a key takes the first one it meets, and stays with its
 * shard: a key of another shard is refused with a {@link CrossShardTransactionException}.
 * A key that is {@code null}, unknown or of the wrong type is refused with a
 * {@link ShardKeyException}; nothing falls back to another shard.
 * <p>
 * A method that is called from within the same object is not intercepted, as with
 * {@code @Transactional}.
 *
 * @since 0.1.0
 * @see Keyspace
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ShardKey {

	/**
	 * Which part of the parameter is the key: a property path such as {@code tenant.id},
	 * or any other expression of the Spring Expression Language on the parameter.
	 * @return the expression, empty if the parameter itself is the key
	 */
	String value() default "";

}
