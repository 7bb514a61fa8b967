package dev.scaling.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives the application of a {@code @SpringBootTest} a {@link PostgresCluster}, through
 * {@link dev.scaling.autoconfigure.ScalingConnectionDetails}. Nothing else needs to be
 * configured, and what is configured for the nodes does not count.
 * <p>
 * The cluster is a bean that tests can have injected. Test classes that ask for the same
 * cluster share it; it is repaired after each of them, and removed when the JVM ends.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface AutoConfigurePostgresCluster {

	/**
	 * How many replicas the cluster has.
	 * @return the number of replicas
	 */
	int replicas() default 2;

	/**
	 * The database that the application uses.
	 * @return the name of the database
	 */
	String database() default ServerSettings.DEFAULT_DATABASE;

	/**
	 * Parameters of {@code postgresql.conf}, such as {@code max_connections=20}.
	 * @return names and values, separated by {@code =}
	 */
	String[] parameters() default {};

	/**
	 * How the servers are run.
	 * @return the engine
	 */
	PostgresCluster.Engine engine() default PostgresCluster.Engine.EMBEDDED;

}
