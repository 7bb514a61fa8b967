package dev.scaling.benchmarks.contender;

import java.util.Map;

/**
 * Something that every contender is asked to do, while it is measured, or only one that
 * {@linkplain Contender#workloads() has it}. The bean's name is that of the orders.
 */
@FunctionalInterface
public interface Workload {

	/**
	 * Runs it once.
	 * @param order the order, with the parameters
	 * @return the figures by their names
	 * @throws Exception if it cannot be measured
	 */
	Map<String, Double> run(Order order) throws Exception;

}
