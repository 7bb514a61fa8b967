package dev.scaling.benchmarks.race;

/**
 * Something to compare the contenders by.
 */
@FunctionalInterface
interface Workload {

	/**
	 * Measures it.
	 * @param effort how long to measure
	 * @param figures what takes the figures
	 */
	void run(Effort effort, Figures figures);

}
