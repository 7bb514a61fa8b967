package dev.scaling;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How fresh the reads of a method, or of all methods of a type, have to be. It applies to
 * read-only transactions and to other work that may be served by a replica; a read-write
 * transaction always runs on the primary. <pre class="code">
 * &#64;ReadConsistency(value = ConsistencyLevel.BOUNDED, maxStaleness = "500ms")
 * &#64;Transactional(readOnly = true)
 * public List&lt;Product&gt; bestsellers() { ... }
 * </pre>
 * <p>
 * The innermost method that says something decides. A method that is called from within
 * the same object is not intercepted, as with {@code @Transactional}. May be used as a
 * meta-annotation.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface ReadConsistency {

	/**
	 * How fresh the reads have to be.
	 * @return the level
	 */
	ConsistencyLevel value();

	/**
	 * The most that the data may be behind the primary, for
	 * {@link ConsistencyLevel#BOUNDED} and only for it: a duration such as {@code 500ms}
	 * or {@code PT2S}. The time since the replica was last asked counts, too, so a bound
	 * below {@code scaling.monitor.interval} is nearly always met by the primary.
	 * @return the duration as Spring Boot reads it
	 */
	String maxStaleness() default "";

}
