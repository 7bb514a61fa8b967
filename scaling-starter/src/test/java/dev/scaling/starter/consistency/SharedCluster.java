package dev.scaling.starter.consistency;

import dev.scaling.test.PostgresCluster;

/**
 * A primary and two replicas that the tests of consistency and failover share. Each test
 * class repairs it before it breaks it.
 */
public final class SharedCluster {

	private SharedCluster() {
	}

	/**
	 * The cluster, which is started by the first call and removed when the JVM ends.
	 * @return the cluster
	 */
	public static PostgresCluster get() {
		return Holder.cluster;
	}

	/**
	 * The cluster without any fault.
	 * @return the cluster
	 */
	public static PostgresCluster repaired() {
		get().repair();
		return get();
	}

	/**
	 * Starts the cluster when it is needed.
	 */
	private static final class Holder {

		private static final PostgresCluster cluster = PostgresCluster.builder().replicas(2).start();

	}

}
