package dev.scaling.benchmarks.contender;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.scaling.benchmarks.stub.StubDriver;

/**
 * The nodes that a contender works with.
 *
 * @param primary the JDBC URL of the primary, without parameters
 * @param replicas the JDBC URLs of the replicas
 * @param shards the JDBC URLs of the shards; none if it is about one cluster
 * @param username the user, who needs no password
 */
public record Nodes(String primary, List<String> replicas, List<String> shards, String username) {

	private static final String JDBC = "jdbc:postgresql://";

	/**
	 * Nodes that answer at once.
	 * @param replicas the number of replicas
	 * @return the nodes
	 */
	public static Nodes stub(int replicas) {
		return new Nodes(StubDriver.url("primary"),
				Stream.iterate(1, (number) -> number + 1)
					.limit(replicas)
					.map((number) -> StubDriver.url("replica-" + number))
					.toList(),
				List.of(), "postgres");
	}

	/**
	 * The nodes of the parameters of an {@link Order}.
	 * @param parameters what {@link #parameters()} made
	 * @return the nodes
	 */
	static Nodes of(Map<String, String> parameters) {
		return new Nodes(parameters.getOrDefault("primary", ""), list(parameters.getOrDefault("replicas", "")),
				list(parameters.getOrDefault("shards", "")), parameters.getOrDefault("username", ""));
	}

	private static List<String> list(String text) {
		return Arrays.stream(text.split(",")).filter((url) -> !url.isEmpty()).toList();
	}

	/**
	 * The nodes as parameters of an {@link Order}.
	 * @return the parameters
	 */
	public Map<String, String> parameters() {
		return Map.of("primary", this.primary, "replicas", String.join(",", this.replicas), "shards",
				String.join(",", this.shards), "username", this.username);
	}

	/**
	 * Whether the nodes are those of the {@link StubDriver}.
	 * @return {@code true} if there is no server
	 */
	public boolean isStub() {
		return !this.primary.startsWith(JDBC);
	}

	/**
	 * One URL for several nodes, as pgjdbc accepts it.
	 * @param urls the URLs of the nodes, which have databases of the same name
	 * @param parameters parameters for the driver, such as
	 * {@code targetServerType=primary}
	 * @return the URL
	 */
	public static String multiHost(List<String> urls, String parameters) {
		String hosts = urls.stream()
			.map((url) -> url.substring(JDBC.length(), url.lastIndexOf('/')))
			.collect(Collectors.joining(","));
		return JDBC + hosts + urls.get(0).substring(urls.get(0).lastIndexOf('/')) + "?" + parameters;
	}

	/**
	 * All nodes of the cluster.
	 * @return the URLs, the primary first
	 */
	public List<String> all() {
		return Stream.concat(Stream.of(this.primary), this.replicas.stream()).toList();
	}

}
