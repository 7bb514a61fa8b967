package dev.scaling.starter.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.starter.connection.Pools;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import dev.scaling.topology.NodeState;
import dev.scaling.topology.NodeStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.awaitility.Awaitility.await;

/**
 * An application on a cluster that a test breaks, with short ways to read and write.
 */
public final class ClusterApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final Decisions decisions = new Decisions();

	private final JdbcTemplate jdbc;

	private final RoutingDataSource dataSource;

	private ClusterApplication(Class<?> application, PostgresCluster cluster, Function<PostgresNode, String> url,
			String... properties) {
		this.context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("decisions", this.decisions))
			.run(arguments(cluster, url, properties));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.dataSource = this.context.getBean(RoutingDataSource.class);
	}

	/**
	 * Starts an application with JDBC, and waits until it uses all nodes.
	 * @param cluster the cluster, whose node {@code primary} is configured as the primary
	 * @param properties further properties, names and values separated by {@code =}
	 * @return the application
	 */
	public static ClusterApplication start(PostgresCluster cluster, String... properties) {
		return start(JdbcOnly.class, cluster, properties);
	}

	/**
	 * Starts an application, and waits until it uses all nodes.
	 * @param application the application
	 * @param cluster the cluster, whose node {@code primary} is configured as the primary
	 * @param properties further properties, names and values separated by {@code =}
	 * @return the application
	 */
	public static ClusterApplication start(Class<?> application, PostgresCluster cluster, String... properties) {
		ClusterApplication started = new ClusterApplication(application, cluster, PostgresNode::jdbcUrl, properties);
		started.awaitAllUp();
		return started;
	}

	/**
	 * Starts an application with JDBC, and waits until it uses all nodes.
	 * @param cluster the cluster, whose node {@code primary} is configured as the primary
	 * @param url the URL of each node
	 * @param properties further properties, names and values separated by {@code =}
	 * @return the application
	 */
	public static ClusterApplication start(PostgresCluster cluster, Function<PostgresNode, String> url,
			String... properties) {
		ClusterApplication started = new ClusterApplication(JdbcOnly.class, cluster, url, properties);
		started.awaitAllUp();
		return started;
	}

	/**
	 * Starts an application with JDBC on a cluster whose nodes are not all well.
	 * @param cluster the cluster, whose node {@code primary} is configured as the primary
	 * @param properties further properties, names and values separated by {@code =}
	 * @return the application
	 */
	public static ClusterApplication startOnBroken(PostgresCluster cluster, String... properties) {
		return startOnBroken(cluster, PostgresNode::jdbcUrl, properties);
	}

	/**
	 * Starts an application with JDBC on a cluster whose nodes are not all well.
	 * @param cluster the cluster, whose node {@code primary} is configured as the primary
	 * @param url the URL of each node
	 * @param properties further properties, names and values separated by {@code =}
	 * @return the application
	 */
	public static ClusterApplication startOnBroken(PostgresCluster cluster, Function<PostgresNode, String> url,
			String... properties) {
		return new ClusterApplication(JdbcOnly.class, cluster, url, properties);
	}

	private static String[] arguments(PostgresCluster cluster, Function<PostgresNode, String> url,
			String... properties) {
		List<String> arguments = new ArrayList<>();
		arguments.add("--scaling.primary.url=" + url.apply(cluster.node("primary")));
		arguments.add("--scaling.primary.username=" + cluster.node("primary").username());
		for (PostgresNode node : cluster.nodes()) {
			if (!node.id().equals("primary")) {
				arguments.add("--scaling.replicas." + node.id() + ".url=" + url.apply(node));
			}
		}
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return arguments.toArray(String[]::new);
	}

	/**
	 * Where work goes.
	 * @return the decisions
	 */
	public Decisions decisions() {
		return this.decisions;
	}

	public JdbcTemplate jdbc() {
		return this.jdbc;
	}

	public DataSource dataSource() {
		return this.dataSource;
	}

	public LiveTopology topology() {
		return this.dataSource.topology();
	}

	public Pools pools() {
		return Pools.of(this.dataSource);
	}

	/**
	 * A bean of the application.
	 * @param type the type of the bean
	 * @param <T> the type of the bean
	 * @return the bean
	 */
	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public TransactionTemplate readOnly() {
		TransactionTemplate template = readWrite();
		template.setReadOnly(true);
		return template;
	}

	public TransactionTemplate readWrite() {
		return new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
	}

	public TransactionTemplate requiresNew() {
		TransactionTemplate template = readWrite();
		template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		return template;
	}

	/**
	 * Runs work in a read-only transaction.
	 * @param work the work
	 * @param <T> the type of the result
	 * @return the result
	 */
	public <T extends @Nullable Object> T read(Supplier<T> work) {
		return readOnly().execute((status) -> work.get());
	}

	/**
	 * Reads one number in a read-only transaction.
	 * @param sql the query
	 * @return the number
	 */
	public long read(String sql) {
		return read(() -> number(sql));
	}

	/**
	 * Reads one number where the caller is.
	 * @param sql the query
	 * @return the number
	 */
	public long number(String sql) {
		Long number = this.jdbc.queryForObject(sql, Long.class);
		return (number != null) ? number : 0;
	}

	/**
	 * Runs a statement in a read-write transaction.
	 * @param sql the statement
	 */
	public void write(String sql) {
		readWrite().executeWithoutResult((status) -> this.jdbc.update(sql));
	}

	/**
	 * What is known of a node.
	 * @param node the id of the node
	 * @return the status
	 */
	public NodeStatus status(String node) {
		return topology().current().node(node).orElseThrow();
	}

	/**
	 * Waits until a node is in a state.
	 * @param node the id of the node
	 * @param state the state
	 */
	public void awaitState(String node, NodeState state) {
		await().atMost(Duration.ofSeconds(20)).until(() -> status(node).state() == state);
	}

	/**
	 * Waits until all nodes are given work.
	 */
	public void awaitAllUp() {
		topology().current().nodes().forEach((status) -> awaitState(status.node().id(), NodeState.UP));
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * An application that uses JDBC only.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class JdbcOnly {

	}

}
