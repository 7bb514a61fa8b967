package dev.scaling.test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL primary and its streaming replicas, started for tests or development.
 * <p>
 * The servers are real, on ports of the loopback interface, and can be broken on demand:
 * see {@link PostgresNode}. Further clusters, each with a primary and a system identifier
 * of its own, can be started together with the first one, for example as shards.
 * <p>
 * Everything is removed by {@link #close()}, and also when the JVM ends without it, even
 * by {@code kill -9}.
 *
 * @since 0.1.0
 */
public interface PostgresCluster extends AutoCloseable {

	/**
	 * Name of the first cluster, unless another one is chosen.
	 */
	String DEFAULT_NAME = "main";

	/**
	 * Name of the cluster.
	 * @return the name, such as {@code main} or {@code shard-2}
	 */
	String name();

	/**
	 * The node that takes the writes: the one that was started as the primary, or the one
	 * that was promoted last.
	 * @return the current primary, which may have been stopped or killed
	 */
	PostgresNode primary();

	/**
	 * The nodes other than the current {@link #primary()}.
	 * @return the replicas by number; after a promotion a former primary comes first
	 */
	List<PostgresNode> replicas();

	/**
	 * The node that was started as the replica of the given number.
	 * @param number the number, from 1
	 * @return the node {@code replica-<number>}, which may have been promoted since
	 */
	PostgresNode replica(int number);

	/**
	 * All nodes of this cluster.
	 * @return the first primary and the replicas by number, whatever their roles are now
	 */
	List<PostgresNode> nodes();

	/**
	 * The node of the given id, in this cluster or one that was started together with it.
	 * @param id the id, such as {@code replica-1} or {@code shard-2/primary}
	 * @return the node
	 */
	PostgresNode node(String id);

	/**
	 * The clusters that were started together.
	 * @return the clusters by name, the first one first
	 */
	Map<String, PostgresCluster> clusters();

	/**
	 * The cluster of the given name among those that were started together.
	 * @param name the name, such as {@code shard-2}
	 * @return the cluster
	 */
	PostgresCluster cluster(String name);

	/**
	 * Wait until every replica that can do so has replayed what is committed on the
	 * primary. Replicas that are down, frozen, paused or cut off, and those that follow
	 * another node, are left out.
	 */
	void awaitReplication();

	/**
	 * Undo all faults and keep the data of the current primary: afterwards all nodes run
	 * in the roles that they were started with, and the replicas have caught up. Applies
	 * to all clusters that were started together.
	 */
	void repair();

	/**
	 * Stop all nodes of all clusters that were started together, and remove their data.
	 */
	@Override
	void close();

	/**
	 * Start to describe a cluster.
	 * @return a builder with the defaults: one primary and two replicas, embedded
	 */
	static Builder builder() {
		return new Builder();
	}

	/**
	 * How the servers are run.
	 *
	 * @since 0.1.0
	 */
	enum Engine {

		/**
		 * As processes of this machine, from the binaries that
		 * {@code io.zonky.test.postgres} publishes. Runs on Linux and macOS, without
		 * Docker.
		 */
		EMBEDDED,

		/**
		 * In containers. Needs {@code org.testcontainers:testcontainers-postgresql} and
		 * an engine that Testcontainers finds.
		 */
		TESTCONTAINERS

	}

	/**
	 * Describes and starts clusters.
	 *
	 * @since 0.1.0
	 */
	final class Builder {

		private String name = DEFAULT_NAME;

		private int replicas = 2;

		private final Map<String, Integer> furtherClusters = new LinkedHashMap<>();

		private final Map<String, String> parameters = new LinkedHashMap<>();

		private boolean durable;

		private String database = ServerSettings.DEFAULT_DATABASE;

		private Engine engine = Engine.EMBEDDED;

		private String containerImage = ServerSettings.DEFAULT_IMAGE;

		private Builder() {
		}

		/**
		 * Set the name of the first cluster.
		 * @param name the name, {@code main} by default
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = name;
			return this;
		}

		/**
		 * Set how many replicas the first cluster has.
		 * @param replicas the number of replicas, 2 by default
		 * @return this builder
		 */
		public Builder replicas(int replicas) {
			this.replicas = replicas;
			return this;
		}

		/**
		 * Add a further cluster.
		 * @param name the name of the cluster, such as {@code shard-1}
		 * @param replicas the number of its replicas
		 * @return this builder
		 */
		public Builder cluster(String name, int replicas) {
			this.furtherClusters.put(name, replicas);
			return this;
		}

		/**
		 * Set a parameter of {@code postgresql.conf} on all nodes.
		 * @param name the name of the parameter
		 * @param value the value, without quotes
		 * @return this builder
		 */
		public Builder parameter(String name, String value) {
			this.parameters.put(name, value);
			return this;
		}

		/**
		 * Write to disk as a production server does ({@code fsync=on}). Not needed to
		 * survive {@link PostgresNode#kill()}: only a crash of the operating system loses
		 * what was not synced.
		 * @return this builder
		 */
		public Builder durable() {
			this.durable = true;
			return this;
		}

		/**
		 * Set the database that is created in each cluster, and that the nodes' URLs
		 * name.
		 * @param database the name of the database, {@code postgres} by default
		 * @return this builder
		 */
		public Builder database(String database) {
			this.database = database;
			return this;
		}

		/**
		 * Set how the servers are run.
		 * @param engine the engine, {@link Engine#EMBEDDED} by default
		 * @return this builder
		 */
		public Builder engine(Engine engine) {
			this.engine = engine;
			return this;
		}

		/**
		 * Set the image that {@link Engine#TESTCONTAINERS} uses.
		 * @param containerImage the name of the image, {@code postgres:18} by default
		 * @return this builder
		 */
		public Builder containerImage(String containerImage) {
			this.containerImage = containerImage;
			return this;
		}

		/**
		 * Start the clusters.
		 * @return the first cluster, with all its replicas streaming
		 */
		public PostgresCluster start() {
			Map<String, Integer> clusters = new LinkedHashMap<>();
			clusters.put(this.name, this.replicas);
			clusters.putAll(this.furtherClusters);
			return ClusterGroup.start(this.engine, clusters, settings());
		}

		/**
		 * Let JUnit Jupiter start the clusters.
		 * @return an extension for a static field of a test class
		 */
		public PostgresClusterExtension extension() {
			return new PostgresClusterExtension(this);
		}

		private ServerSettings settings() {
			return new ServerSettings(this.database, this.parameters, this.durable, this.containerImage);
		}

	}

}
