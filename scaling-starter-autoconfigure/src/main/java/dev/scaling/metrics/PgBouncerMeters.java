package dev.scaling.metrics;

import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters of PgBouncer, as its console tells them.
 *
 * @since 0.1.0
 */
public enum PgBouncerMeters implements MeterDocumentation {

	/**
	 * Whether the console has answered the last time: 1 if it has, else 0.
	 */
	UP("scaling.pgbouncer.up", Meter.Type.GAUGE, null, new KeyName[0]),

	/**
	 * How long clients have been waiting for server connections without a break.
	 */
	WAITING("scaling.pgbouncer.waiting", Meter.Type.GAUGE, "seconds", new KeyName[0]),

	/**
	 * Clients that have a server connection, or need none at the moment.
	 */
	CLIENTS_ACTIVE("scaling.pgbouncer.clients.active", Meter.Type.GAUGE, "connections", PoolTags.values()),

	/**
	 * Clients that wait for a server connection.
	 */
	CLIENTS_WAITING("scaling.pgbouncer.clients.waiting", Meter.Type.GAUGE, "connections", PoolTags.values()),

	/**
	 * Server connections that a client has.
	 */
	SERVERS_ACTIVE("scaling.pgbouncer.servers.active", Meter.Type.GAUGE, "connections", PoolTags.values()),

	/**
	 * Server connections that wait for a client.
	 */
	SERVERS_IDLE("scaling.pgbouncer.servers.idle", Meter.Type.GAUGE, "connections", PoolTags.values()),

	/**
	 * How long the first client in the queue has waited.
	 */
	MAXWAIT("scaling.pgbouncer.maxwait", Meter.Type.GAUGE, "seconds", PoolTags.values()),

	/**
	 * Transactions since the start of PgBouncer.
	 */
	TRANSACTIONS("scaling.pgbouncer.transactions", Meter.Type.COUNTER, "transactions", DatabaseTags.values()),

	/**
	 * Queries since the start of PgBouncer.
	 */
	QUERIES("scaling.pgbouncer.queries", Meter.Type.COUNTER, "queries", DatabaseTags.values()),

	/**
	 * How long a transaction took in the last period, on average.
	 */
	TRANSACTION_TIME("scaling.pgbouncer.transaction.time", Meter.Type.GAUGE, "seconds", DatabaseTags.values()),

	/**
	 * How long a query took in the last period, on average.
	 */
	QUERY_TIME("scaling.pgbouncer.query.time", Meter.Type.GAUGE, "seconds", DatabaseTags.values()),

	/**
	 * How long clients waited for server connections in each second of the last period,
	 * on average.
	 */
	WAIT_TIME("scaling.pgbouncer.wait.time", Meter.Type.GAUGE, "seconds", DatabaseTags.values());

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final KeyName[] keyNames;

	PgBouncerMeters(String name, Meter.Type type, @Nullable String baseUnit, KeyName[] keyNames) {
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
	 * Tags of a pool.
	 */
	public enum PoolTags implements KeyName {

		/**
		 * Name of the database, as clients call it.
		 */
		DATABASE,

		/**
		 * Name of the user.
		 */
		USER;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a database.
	 */
	public enum DatabaseTags implements KeyName {

		/**
		 * Name of the database, as clients call it.
		 */
		DATABASE;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
