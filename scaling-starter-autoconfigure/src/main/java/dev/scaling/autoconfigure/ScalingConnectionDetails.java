package dev.scaling.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details of the PostgreSQL nodes that an application uses: one primary and its replicas.
 * <p>
 * A bean of this type takes the place of {@code scaling.primary} and
 * {@code scaling.replicas} in the configuration, for example in a test that starts a
 * cluster of its own, or where coordinates come from a service registry. It is asked
 * once, while the application starts.
 *
 * @since 0.1.0
 */
public interface ScalingConnectionDetails extends ConnectionDetails {

	/**
	 * The node that takes the writes.
	 * @return the primary, never {@code null}
	 */
	Node getPrimary();

	/**
	 * The nodes that follow the primary by streaming replication, in the order of their
	 * configuration.
	 * @return the replicas by name, such as {@code replica-1}; empty if there are none
	 */
	default Map<String, Node> getReplicas() {
		return Map.of();
	}

	/**
	 * The shards beside that primary, in the order of their configuration.
	 * @return the shards by name, such as {@code shard-0}; empty if there are none
	 */
	default Map<String, Shard> getShards() {
		return Map.of();
	}

	/**
	 * Coordinates of the nodes of one shard.
	 */
	interface Shard {

		/**
		 * The node that takes the writes.
		 * @return the primary, never {@code null}
		 */
		Node getPrimary();

		/**
		 * The nodes that follow the primary, in the order of their configuration.
		 * @return the replicas by name, such as {@code replica-1}; empty if there are
		 * none
		 */
		default Map<String, Node> getReplicas() {
			return Map.of();
		}

	}

	/**
	 * Coordinates of one PostgreSQL node.
	 */
	interface Node {

		/**
		 * JDBC URL of the node.
		 * @return the URL, starting with {@code jdbc:postgresql:}
		 */
		String getJdbcUrl();

		/**
		 * JDBC URL that leads to the same node past its pooler, for the monitor and for
		 * notifications.
		 * @return the URL, or {@code null} to use the node's
		 */
		default @Nullable String getMonitorUrl() {
			return null;
		}

		/**
		 * Login username of the node.
		 * @return the username, or {@code null} to use the primary's
		 */
		default @Nullable String getUsername() {
			return null;
		}

		/**
		 * Login password of the node.
		 * @return the password, or {@code null} to use the primary's
		 */
		default @Nullable String getPassword() {
			return null;
		}

	}

}
