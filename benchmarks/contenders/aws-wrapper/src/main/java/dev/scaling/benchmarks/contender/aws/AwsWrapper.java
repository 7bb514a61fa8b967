package dev.scaling.benchmarks.contender.aws;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;
import software.amazon.jdbc.Driver;
import software.amazon.jdbc.util.HikariCPSQLException;

/**
 * The driver of AWS with its plugin {@code srw} for read/write splitting, the one that
 * works with plain PostgreSQL, under Spring Boot's pool and with the settings of its
 * example for that. A connection of the pool stands for one to the primary and one to the
 * first replica, and Spring's {@code setReadOnly} changes between them. For that its
 * documentation recommends pools inside of the driver, which by default are for the host
 * names of RDS only.
 */
public final class AwsWrapper implements Contender {

	private static final String JDBC = "jdbc:";

	private static final String PROPERTIES = "spring.datasource.hikari.data-source-properties.";

	@Override
	public String name() {
		return "aws-wrapper";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("spring.datasource.url", JDBC + "aws-wrapper:" + nodes.primary().substring(JDBC.length()));
		properties.put("spring.datasource.username", nodes.username());
		properties.put("spring.datasource.driver-class-name", Driver.class.getName());
		properties.put("spring.datasource.hikari.exception-override-class-name", HikariCPSQLException.class.getName());
		properties.put(PROPERTIES + "wrapperDialect", "pg");
		properties.put(PROPERTIES + "wrapperPlugins", "srw");
		properties.put(PROPERTIES + "srwWriteEndpoint", endpoint(nodes.primary()));
		properties.put(PROPERTIES + "srwReadEndpoint", endpoint(nodes.replicas().get(0)));
		return properties;
	}

	private static String endpoint(String url) {
		int start = url.indexOf("//") + 2;
		int end = url.indexOf('/', start);
		return (end < 0) ? url.substring(start) : url.substring(start, end);
	}

}
