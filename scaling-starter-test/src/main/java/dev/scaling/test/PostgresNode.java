package dev.scaling.test;

import java.time.Duration;

import javax.sql.DataSource;

/**
 * One PostgreSQL server of a {@link PostgresCluster}, and the faults that it can have.
 * <p>
 * Host, port and URL stay the same whatever happens to the server.
 *
 * @since 0.1.0
 */
public interface PostgresNode {

	/**
	 * Id of the node.
	 * @return {@code primary} or {@code replica-1} in the cluster {@code main},
	 * {@code shard-2/replica-1} elsewhere
	 */
	String id();

	/**
	 * Host on which the node listens.
	 * @return the host, such as {@code 127.0.0.1}
	 */
	String host();

	/**
	 * Port on which the node listens.
	 * @return the port
	 */
	int port();

	/**
	 * JDBC URL of the node. It leads through a PgBouncer if the system property
	 * {@code postgres-cluster.pgbouncer} names a mode, such as {@code transaction}.
	 * @return the URL, without credentials
	 */
	String jdbcUrl();

	/**
	 * Name of the superuser.
	 * @return {@code postgres}
	 */
	String username();

	/**
	 * Password of the superuser.
	 * @return an empty string: the node trusts every user, and listens on loopback only
	 */
	String password();

	/**
	 * Connections to the node, as the superuser.
	 * @return a data source without a pool
	 */
	DataSource dataSource();

	/**
	 * Whether the server has been started and neither stopped nor killed.
	 * @return {@code true} for a frozen server, too
	 */
	boolean isRunning();

	/**
	 * Kill the server as a crash of its machine does: all its processes are gone at once,
	 * by {@code SIGKILL}, and connections to it are refused.
	 */
	void kill();

	/**
	 * Suspend all processes of the server: connections stay open, new ones are accepted
	 * by the operating system, and nothing answers.
	 */
	void freeze();

	/**
	 * Let a frozen server go on where it was.
	 */
	void resume();

	/**
	 * Shut the server down, as an administrator does (fast shutdown).
	 */
	void stop();

	/**
	 * Start a server that was stopped or killed, in the role that it had. Does nothing if
	 * it is running.
	 */
	void start();

	/**
	 * {@link #stop()} and {@link #start()}.
	 */
	void restart();

	/**
	 * Pause replay on a replica: it goes on receiving WAL, and its data does not change.
	 */
	void pauseReplay();

	/**
	 * Resume replay on a replica.
	 */
	void resumeReplay();

	/**
	 * Replay each commit only this long after it happened.
	 * @param delay the delay; zero for none
	 */
	void replayDelay(Duration delay);

	/**
	 * Make a replica the primary of its cluster. The former primary is not touched: if it
	 * runs, there are two. Other replicas go on following the former one, until
	 * {@link #follow()} or {@link #rejoin()}.
	 */
	void promote();

	/**
	 * Stop a replica from receiving WAL, as a broken network between the nodes does. It
	 * goes on answering.
	 */
	void cutOffReplication();

	/**
	 * Let a replica that was cut off receive WAL again.
	 */
	void restoreReplication();

	/**
	 * Let a running replica follow the current primary of its cluster, without a restart.
	 * Fails if the replica has WAL that the primary never had: then only
	 * {@link #rejoin()} helps.
	 */
	void follow();

	/**
	 * Make the node a replica of the current primary of its cluster, from a fresh copy of
	 * the primary's data. What only this node had is lost.
	 */
	void rejoin();

	/**
	 * Forget the statements counted so far.
	 */
	void resetStatements();

	/**
	 * Count the statements that users ran on this node since {@link #resetStatements()},
	 * without transaction control, settings, and queries about the server itself.
	 * @return the number of executions, as {@code pg_stat_statements} has it
	 */
	long statements();

	/**
	 * Count the executions of statements whose text contains a fragment, of whatever kind
	 * they are.
	 * @param sqlFragment the fragment, in upper or lower case. PostgreSQL replaces
	 * constants by {@code $1}, {@code $2}, so the fragment should have none
	 * @return the number of executions, as {@code pg_stat_statements} has it; a crash
	 * loses them
	 */
	long statements(String sqlFragment);

}
