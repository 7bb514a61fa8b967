package dev.scaling.actuate.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.scaling.pool.pgbouncer.PgBouncerFinding;
import dev.scaling.pool.pgbouncer.PgBouncerIni;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;
import dev.scaling.pool.pgbouncer.PgBouncerStatus;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that shows how PgBouncer is, and what to write into its
 * configuration for the nodes of the application.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scalingpgbouncer")
public final class ScalingPgBouncerEndpoint {

	private static final String INI = "ini";

	private final Clusters clusters;

	private final @Nullable PgBouncerMonitor monitor;

	private final Function<NodePool, OptionalInt> usable;

	private final Supplier<List<PgBouncerFinding>> sizes;

	/**
	 * Creates the endpoint.
	 * @param clusters the clusters with the nodes
	 * @param monitor asks PgBouncer, or {@code null} if its console is not known
	 * @param usable tells how many connections the server of a node has for the
	 * application, if that is known
	 * @param sizes tells what is wrong with the sizes of PgBouncer
	 */
	public ScalingPgBouncerEndpoint(Clusters clusters, @Nullable PgBouncerMonitor monitor,
			Function<NodePool, OptionalInt> usable, Supplier<List<PgBouncerFinding>> sizes) {
		this.clusters = clusters;
		this.monitor = monitor;
		this.usable = usable;
		this.sizes = sizes;
	}

	/**
	 * How PgBouncer is.
	 * @return the status, never {@code null}
	 */
	@ReadOperation
	public PgBouncerDescriptor pgbouncer() {
		PgBouncerMonitor monitor = this.monitor;
		if (monitor == null) {
			return new PgBouncerDescriptor(false, null, 0, List.of());
		}
		List<PgBouncerFinding> findings = new ArrayList<>(monitor.findings());
		findings.addAll(this.sizes.get());
		return new PgBouncerDescriptor(true, monitor.status().orElse(null), monitor.waiting().toMillis(), findings);
	}

	/**
	 * A configuration.
	 * @param file {@code ini}
	 * @return the text of {@code pgbouncer.ini}, or {@code null} if something else was
	 * asked for
	 */
	@ReadOperation(produces = "text/plain;charset=UTF-8")
	public @Nullable String file(@Selector String file) {
		if (!INI.equals(file)) {
			return null;
		}
		List<PgBouncerIni.Entry> entries = new ArrayList<>();
		for (LiveTopology topology : this.clusters.all()) {
			for (NodePool pool : topology.pools()) {
				entries.add(new PgBouncerIni.Entry(pool.node(), pool.poolerMode(), this.usable.apply(pool)));
			}
		}
		return PgBouncerIni.write(entries);
	}

	/**
	 * Description of a PgBouncer.
	 *
	 * @param configured whether its console is known
	 * @param status what it said the last time, or {@code null} if it did not answer
	 * @param waitingMillis how long clients have been waiting for server connections
	 * without a break, in milliseconds
	 * @param findings what is wrong
	 */
	public record PgBouncerDescriptor(boolean configured, @Nullable PgBouncerStatus status, long waitingMillis,
			List<PgBouncerFinding> findings) implements OperationResponseBody {

	}

}
