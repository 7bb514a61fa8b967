package dev.scaling.test;

/**
 * One PostgreSQL server, as an engine runs it: its processes and files, no SQL.
 */
interface Server {

	/**
	 * The host under which this machine reaches the server.
	 * @return the host
	 */
	String host();

	/**
	 * The port under which this machine reaches the server, from creation on.
	 * @return the port
	 */
	int port();

	/**
	 * Host and port under which the other servers reach this one.
	 * @return a connection string of libpq
	 */
	String replicationAddress();

	/**
	 * Make the data directory of a new primary.
	 */
	void initialize();

	/**
	 * Make the data directory of a replica, in place of what the server had. The server
	 * is not running.
	 * @param primary the running server to copy
	 * @param console the way to run SQL on that server
	 * @param configuration lines of {@code postgresql.auto.conf} that make it a replica
	 */
	void copy(Server primary, Console console, String configuration);

	/**
	 * Start the server, and wait until it accepts connections.
	 */
	void start();

	void stop();

	void kill();

	void freeze();

	void resume();

	boolean isRunning();

}
