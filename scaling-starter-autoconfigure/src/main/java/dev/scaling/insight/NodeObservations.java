package dev.scaling.insight;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import dev.scaling.routing.Clusters;
import dev.scaling.routing.StatementListener;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * Tells the observations of datasource-micrometer which node has executed a query, which
 * a proxy of the routed DataSource cannot know: its cluster, its id and its role at that
 * time, as the keys {@value #CLUSTER}, {@value #NODE} and {@value #ROLE} of spans and
 * meters. They are {@value #NONE} where no node has executed anything, and where a pool
 * is observed below the routed DataSource. Thread-safe.
 *
 * @since 0.1.0
 */
public final class NodeObservations implements StatementListener, ObservationFilter {

	/**
	 * Key of the name of the cluster.
	 */
	public static final String CLUSTER = "scaling.cluster";

	/**
	 * Key of the id of the node.
	 */
	public static final String NODE = "scaling.node";

	/**
	 * Key of the role of the node, {@code primary} or {@code replica}.
	 */
	public static final String ROLE = "scaling.role";

	/**
	 * The value of all keys where no node has executed anything.
	 */
	public static final String NONE = "none";

	private static final String QUERY = "jdbc.query";

	private final SingletonSupplier<ObservationRegistry> registry;

	private final SingletonSupplier<Clusters> clusters;

	/**
	 * Creates a listener.
	 * @param registry gives the registry of the observations, at the first statement
	 * @param clusters gives the clusters, at the first observed statement
	 */
	public NodeObservations(Supplier<ObservationRegistry> registry, Supplier<Clusters> clusters) {
		this.registry = SingletonSupplier.of(registry);
		this.clusters = SingletonSupplier.of(clusters);
	}

	@Override
	public @Nullable LongConsumer executed(Node node, String sql, long nanoseconds, Statement statement) {
		observed(node);
		return null;
	}

	@Override
	public void failed(Node node, String sql, long nanoseconds, Statement statement, SQLException failure) {
		observed(node);
	}

	private void observed(Node node) {
		Observation observation = this.registry.obtain().getCurrentObservation();
		if (observation != null && isQuery(observation.getContextView())) {
			observation.lowCardinalityKeyValue(CLUSTER, node.cluster())
				.lowCardinalityKeyValue(NODE, node.id())
				.lowCardinalityKeyValue(ROLE, role(node).name().toLowerCase(Locale.ROOT));
		}
	}

	private NodeRole role(Node node) {
		return this.clusters.obtain()
			.find(node.cluster())
			.filter((topology) -> node.equals(topology.current().primary()))
			.isPresent() ? NodeRole.PRIMARY : NodeRole.REPLICA;
	}

	/**
	 * Meters of one name have the same keys.
	 */
	@Override
	public Observation.Context map(Observation.Context context) {
		if (isQuery(context) && context.getLowCardinalityKeyValue(NODE) == null) {
			for (String key : new String[] { CLUSTER, NODE, ROLE }) {
				context.addLowCardinalityKeyValue(KeyValue.of(key, NONE));
			}
		}
		return context;
	}

	private static boolean isQuery(Observation.ContextView context) {
		return QUERY.equals(context.getName());
	}

}
