package dev.scaling.insight.advisor;

import java.util.Locale;

/**
 * What can be done about a {@link Bottleneck}, in the order in which it should be tried:
 * what costs least comes first, and sharding last.
 *
 * @since 0.1.0
 */
public enum Remedy {

	/**
	 * Measure the statements.
	 */
	PROFILE("profile first", "Not knowing which statements use the server", "None", "Strong", "Almost none",
			"docs/advisor.md"),

	/**
	 * Optimize statements, indexes and settings.
	 */
	TUNE("tune", "Slow queries, sequential scans, N+1", "None", "Strong", "None", "docs/advisor.md"),

	/**
	 * Share connections by a pooler.
	 */
	POOL("pool", "Connection limits", "Low", "Strong (same DB)", "Very low (tiny process)", "docs/pgbouncer.md"),

	/**
	 * Read from replicas.
	 */
	REPLICATE("replicate", "Read saturation", "Low", "Eventual (replication lag)", "Medium (extra instances)",
			"docs/read-write-splitting.md"),

	/**
	 * Remember results in front of the database.
	 */
	CACHE("cache", "Read hot spots", "Medium", "Eventual (TTL-based)", "Medium", "docs/advisor.md"),

	/**
	 * Partition tables within the server.
	 */
	PARTITION("partition", "Storage, query pruning", "Low-Medium", "Strong", "Low (same instance)", "docs/advisor.md"),

	/**
	 * Get a larger server.
	 */
	SCALE_UP("scale up", "All bottlenecks (temporarily)", "None", "Strong", "High (diminishing returns)",
			"docs/advisor.md"),

	/**
	 * Spread the data over several primaries.
	 */
	SHARD("shard", "Write saturation, massive scale", "High", "Eventual / complex", "High", "docs/sharding.md");

	private final String description;

	private final String solves;

	private final String complexity;

	private final String consistency;

	private final String cost;

	private final String documentation;

	Remedy(String description, String solves, String complexity, String consistency, String cost,
			String documentation) {
		this.description = description;
		this.solves = solves;
		this.complexity = complexity;
		this.consistency = consistency;
		this.cost = cost;
		this.documentation = documentation;
	}

	/**
	 * The remedy as a verb.
	 * @return the verb
	 */
	public String description() {
		return this.description;
	}

	/**
	 * What it solves.
	 * @return a few words
	 */
	public String solves() {
		return this.solves;
	}

	/**
	 * How complex it makes the operation of the application.
	 * @return a few words
	 */
	public String complexity() {
		return this.complexity;
	}

	/**
	 * Which consistency is left.
	 * @return a few words
	 */
	public String consistency() {
		return this.consistency;
	}

	/**
	 * What it costs.
	 * @return a few words
	 */
	public String cost() {
		return this.cost;
	}

	/**
	 * The page of the documentation that explains it.
	 * @return the path of the page in the project
	 */
	public String documentation() {
		return this.documentation;
	}

	/**
	 * Name of the remedy in endpoints, such as {@code scale-up}.
	 * @return the name in lower case with hyphens
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
