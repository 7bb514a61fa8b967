package dev.scaling.pool;

/**
 * How many instances of this application share a cluster with this one.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface InstanceCount {

	/**
	 * The number of instances that are alive, this one included.
	 * @return the number, 1 or more; 1 while it is unknown
	 */
	int instances();

}
