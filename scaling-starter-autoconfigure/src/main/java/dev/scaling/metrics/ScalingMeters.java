package dev.scaling.metrics;

import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the scaling starter.
 *
 * @since 0.1.0
 */
public enum ScalingMeters implements MeterDocumentation {

	/**
	 * How often a node was chosen to serve work.
	 */
	ROUTING_DECISIONS("scaling.routing.decisions", Meter.Type.COUNTER, "decisions", DecisionTags.values()),

	/**
	 * Whether a node is given work: 1 if it is, 0 if it is left alone.
	 */
	NODE_UP("scaling.node.up", Meter.Type.GAUGE, null, NodeTags.values()),

	/**
	 * Physical connections to a node that work is using at the moment.
	 */
	NODE_BUSY("scaling.node.busy", Meter.Type.GAUGE, "connections", NodeTags.values());

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final KeyName[] keyNames;

	ScalingMeters(String name, Meter.Type type, @Nullable String baseUnit, KeyName[] keyNames) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.keyNames = keyNames;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.keyNames;
	}

	/**
	 * Tags of a node.
	 */
	public enum NodeTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * Role of the node: {@code primary} or {@code replica}.
		 */
		ROLE;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a decision.
	 */
	public enum DecisionTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * Role of the node: {@code primary} or {@code replica}.
		 */
		ROLE,

		/**
		 * Why the node was chosen, such as {@code read-only}.
		 */
		REASON;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
