package dev.scaling.benchmarks.race;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The contenders, in the order of the tables.
 */
enum Competitor {

	BARE("bare", "spring", "HikariCP + Spring, one node"),

	ONE_CONNECTION("one-connection", "spring", "One connection that is never given back, auto-commit"),

	BARE_MULTI_HOST("bare-multi-host", "spring", "HikariCP + Spring, pgjdbc's multi-host URL"),

	LAZY_PROXY("lazy-proxy", "spring", "`LazyConnectionDataSourceProxy`"),

	LAZY_PROXY_MULTI_HOST("lazy-proxy-multi-host", "spring", "`LazyConnectionDataSourceProxy`, multi-host URLs"),

	ROUTING_RECIPE("routing-recipe", "spring", "`AbstractRoutingDataSource` behind a lazy proxy"),

	DYNAMIC_DATASOURCE("dynamic-datasource", "dynamic-datasource", "dynamic-datasource 4.5.0"),

	SHARDING_SPHERE("sharding-sphere", "sharding-sphere", "ShardingSphere-JDBC 5.5.2"),

	AWS_WRAPPER("aws-wrapper", "aws-wrapper", "AWS Advanced JDBC Wrapper 4.3.0"),

	BY_HAND("by-hand", "spring", "A map of pools, written by hand"),

	BY_HAND_LOOP("by-hand-loop", "spring", "A loop over a map of pools, written by hand"),

	SCALING("scaling", "scaling", "**The starter**"),

	SCALING_LIGHTWEIGHT("scaling-lightweight", "scaling", "**The starter**, `@LightweightRead`"),

	SCALING_NO_SESSIONS("scaling-no-sessions", "scaling", "**The starter**, without sessions"),

	SCALING_NO_INSIGHT("scaling-no-insight", "scaling",
			"**The starter**, without slow-query log, repeated queries, statistics");

	private final String contender;

	private final String module;

	private final String title;

	Competitor(String contender, String module, String title) {
		this.contender = contender;
		this.module = module;
		this.title = title;
	}

	/**
	 * The name in its own process.
	 * @return the name, such as {@code lazy-proxy}
	 */
	String contender() {
		return this.contender;
	}

	/**
	 * The title in a report.
	 * @return the title, in Markdown
	 */
	String title() {
		return this.title;
	}

	/**
	 * Whether it is the starter.
	 * @return {@code true} for the starter with any of its features
	 */
	boolean isOurs() {
		return this.contender.startsWith("scaling");
	}

	/**
	 * The class path of its process.
	 * @return the class path, for {@code java -cp}
	 * @throws IllegalStateException if it was not built
	 */
	String classPath() {
		return classPath(target());
	}

	/**
	 * The class path of its process with Hibernate.
	 * @return the class path, for {@code java -cp}
	 * @throws IllegalStateException if it was not built
	 */
	String classPathWithJpa() {
		return classPath(Path.of("benchmarks", "contenders", this.module + "-jpa", "target"));
	}

	private static String classPath(Path target) {
		if (!Files.exists(target.resolve("contender.jar"))) {
			throw new IllegalStateException(
					"There is no %s: build with -Pcontenders, and run in the folder of the repository"
						.formatted(target.resolve("contender.jar")));
		}
		return target.resolve("contender.jar") + File.pathSeparator + target.resolve("lib") + "/*";
	}

	/**
	 * Leaves out those that were not built, and says so.
	 * @param competitors all that could take part
	 * @return those that can
	 */
	static List<Competitor> built(List<Competitor> competitors) {
		competitors.stream()
			.filter((competitor) -> !competitor.isBuilt())
			.forEach((competitor) -> System.out.printf("Without %s: it was not built%n", competitor.contender()));
		return competitors.stream().filter(Competitor::isBuilt).toList();
	}

	/**
	 * The jars of others that it needs.
	 * @return the paths
	 */
	List<Path> libraries() {
		try (Stream<Path> files = Files.list(target().resolve("lib"))) {
			return files.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Whether it was built.
	 * @return {@code true} if its process can be started
	 */
	boolean isBuilt() {
		return Files.exists(target().resolve("contender.jar"));
	}

	private Path target() {
		return Path.of("benchmarks", "contenders", this.module, "target");
	}

}
