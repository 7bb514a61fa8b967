package dev.scaling.test;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What all servers of the clusters that are started together have in common.
 */
record ServerSettings(String database, Map<String, String> parameters, boolean durable, String containerImage) {

	static final String DEFAULT_DATABASE = "postgres";

	static final String DEFAULT_IMAGE = "postgres:18";

	ServerSettings {
		parameters = Map.copyOf(parameters);
	}

	/**
	 * The parameters that make sense in tests, overridden by those of the user.
	 * @return the parameters by name
	 */
	Map<String, String> allParameters() {
		Map<String, String> all = new LinkedHashMap<>();
		all.put("shared_preload_libraries", "pg_stat_statements");
		all.put("pg_stat_statements.max", "10000");
		all.put("max_connections", "100");
		all.put("shared_buffers", "16MB");
		all.put("wal_level", "replica");
		all.put("max_wal_senders", "20");
		all.put("max_replication_slots", "20");
		all.put("hot_standby", "on");
		all.put("hot_standby_feedback", "on");
		all.put("wal_receiver_status_interval", "1s");
		all.put("wal_receiver_timeout", "5s");
		all.put("wal_sender_timeout", "5s");
		all.put("wal_retrieve_retry_interval", "100ms");
		all.put("fsync", this.durable ? "on" : "off");
		all.putAll(this.parameters);
		return all;
	}

	/**
	 * The parameters as lines of {@code postgresql.conf}.
	 * @return the lines
	 */
	String toConfiguration() {
		StringBuilder configuration = new StringBuilder("\n");
		allParameters().forEach(
				(name, value) -> configuration.append(name).append(" = ").append(Console.literal(value)).append('\n'));
		return configuration.toString();
	}

}
