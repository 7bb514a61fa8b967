package dev.scaling.insight.advisor;

import java.util.List;

/**
 * Looks for what holds a cluster back in one way.
 */
@FunctionalInterface
interface Rule {

	/**
	 * Looks.
	 * @param subject the cluster
	 * @return what was found, in any order
	 */
	List<Finding> find(Subject subject);

}
