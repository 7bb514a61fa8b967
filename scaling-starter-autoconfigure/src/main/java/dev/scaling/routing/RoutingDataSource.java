package dev.scaling.routing;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import dev.scaling.topology.NodeState;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * The application's {@link DataSource}: its connections take each transaction to the node
 * that it belongs to.
 * <p>
 * A connection of it is a <em>logical</em> one. It costs no I/O, and takes a physical
 * connection from a node's pool when the first statement is created, when the transaction
 * is known to be read-only or not. <b>Proxies that observe or adapt connections may wrap
 * this DataSource as well as the pools behind it; the transaction-aware proxy has to be
 * the outermost.</b>
 * <p>
 * NOTE: What asks the DataSource itself ({@code unwrap}) gets the primary's answer,
 * because such calls come from infrastructure that has no route.
 *
 * @since 0.1.0
 * @see Router
 * @see RoutedConnection
 */
public final class RoutingDataSource extends AbstractRoutingDataSource {

	private final Routers routers;

	/**
	 * The router of the application's own cluster, or of the first shard: answers what
	 * has no key.
	 */
	private final Router router;

	private final PhysicalMetaData physicalMetaData = new PhysicalMetaData();

	private volatile int defaultIsolation = Connection.TRANSACTION_NONE;

	/**
	 * Creates a DataSource.
	 * @param router decides for each piece of work
	 */
	public RoutingDataSource(Router router) {
		this(Routers.of(router));
	}

	/**
	 * Creates a DataSource over several clusters.
	 * @param routers decide for each piece of work
	 */
	public RoutingDataSource(Routers routers) {
		this.routers = routers;
		this.router = routers.first();
		setTargetDataSources(routers.all()
			.stream()
			.flatMap((router) -> router.topology().pools().stream())
			.collect(Collectors.toMap((pool) -> pool.node().id(), NodePool::dataSource)));
		setDefaultTargetDataSource(this.router.topology().primaryOrConfigured().dataSource());
		setLenientFallback(false);
		initialize();
	}

	/**
	 * The nodes of the application's own cluster, or of the first shard if it has none.
	 * @return the topology, never {@code null}
	 */
	public LiveTopology topology() {
		return this.router.topology();
	}

	/**
	 * The nodes of all clusters.
	 * @return the topologies, that of {@link #topology()} first
	 */
	public List<LiveTopology> topologies() {
		return this.routers.all().stream().map(Router::topology).toList();
	}

	@Override
	public Connection getConnection() {
		return new LogicalConnection(this, this.routers);
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		throw new SQLFeatureNotSupportedException(
				"A routed connection always uses the credentials of its node: set scaling.primary.username,"
						+ " or take a connection from the pool of one node");
	}

	@Override
	protected Object determineCurrentLookupKey() {
		return this.router.topology().primaryOrConfigured().node().id();
	}

	@Override
	protected DataSource determineTargetDataSource() {
		return this.router.topology().primaryOrConfigured().dataSource();
	}

	DatabaseMetaData metaData(LogicalConnection connection) {
		return (DatabaseMetaData) Proxy.newProxyInstance(DatabaseMetaData.class.getClassLoader(),
				new Class<?>[] { DatabaseMetaData.class },
				new MetaDataInvocationHandler(this, connection, this.physicalMetaData));
	}

	/**
	 * URL of the primary, known without a connection.
	 */
	@Nullable String primaryUrl() {
		return this.router.topology().configuredPrimary().node().url();
	}

	/**
	 * Isolation level of a connection on which none was set. What one transaction runs
	 * with is not taken for the default of others.
	 */
	int defaultIsolation(@Nullable Connection held) throws SQLException {
		if (held != null) {
			return held.getTransactionIsolation();
		}
		int isolation = this.defaultIsolation;
		if (isolation == Connection.TRANSACTION_NONE) {
			isolation = withPhysicalConnection(null, Connection::getTransactionIsolation);
			this.defaultIsolation = isolation;
		}
		return isolation;
	}

	/**
	 * Asks a physical connection for something that is the same on all nodes: the one
	 * that is held already, or one of the first node that can be reached, of whatever
	 * cluster.
	 */
	<T extends @Nullable Object> T withPhysicalConnection(@Nullable Connection held, ConnectionFunction<T> function)
			throws SQLException {
		if (held != null) {
			return function.apply(held);
		}
		SQLException failure = null;
		for (NodePool pool : reachableFirst()) {
			try (Connection connection = pool.dataSource().getConnection()) {
				return function.apply(connection);
			}
			catch (SQLException ex) {
				if (failure == null) {
					failure = ex;
				}
				else {
					failure.addSuppressed(ex);
				}
			}
		}
		throw (failure != null) ? failure : new SQLException("No node", "08001");
	}

	private List<NodePool> reachableFirst() {
		return topologies().stream()
			.flatMap((topology) -> topology.pools().stream())
			.sorted(Comparator.comparing((pool) -> !isUp(pool)))
			.toList();
	}

	private boolean isUp(NodePool pool) {
		return topologies().stream()
			.filter((topology) -> topology.cluster().equals(pool.node().cluster()))
			.flatMap((topology) -> topology.current().node(pool.node().id()).stream())
			.anyMatch((status) -> status.state() == NodeState.UP);
	}

	/**
	 * The routers of all clusters.
	 */
	Routers routers() {
		return this.routers;
	}

	@Override
	public String toString() {
		return "Routing DataSource over "
				+ this.routers.all().stream().flatMap((router) -> router.topology().pools().stream()).toList();
	}

	/**
	 * Something that a connection answers.
	 *
	 * @param <T> the type of the answer
	 */
	@FunctionalInterface
	interface ConnectionFunction<T extends @Nullable Object> {

		T apply(Connection connection) throws SQLException;

	}

}
