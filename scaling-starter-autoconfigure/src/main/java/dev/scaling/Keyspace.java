package dev.scaling;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the keyspace that the {@link ShardKey} of a method, or of all methods of a type,
 * belongs to. Not needed while there is one keyspace. The annotation of the method counts
 * before that of its type. May be used as a meta-annotation.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface Keyspace {

	/**
	 * The name of the keyspace under {@code scaling.keyspaces}.
	 * @return the name
	 */
	String value();

}
