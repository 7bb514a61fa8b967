package dev.scaling;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a method with a read-only transaction may be repeated as a whole when its
 * node is lost, or cancels it because of a conflict with recovery: on another replica
 * first, on the primary in the end.
 * <p>
 * Everything that the method does is repeated, so it must not do more than read: a mail
 * would be sent twice. Only a method that begins its transaction itself is repeated, and
 * never a read-write one.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface RetryableRead {

	/**
	 * How often the method is repeated at most, from 0 to 10.
	 * @return the number, or -1 for {@code scaling.routing.read-retries}
	 */
	int value() default -1;

}
