package dev.scaling.test;

/**
 * Makes the servers of clusters that live and end together.
 */
interface Servers extends AutoCloseable {

	/**
	 * Make a server that has no data and does not run.
	 * @param cluster the name of the cluster
	 * @param node the name of the node in the cluster
	 * @return the server, with a port of its own
	 */
	Server create(String cluster, String node);

	/**
	 * End all servers and remove what they left.
	 */
	@Override
	void close();

}
