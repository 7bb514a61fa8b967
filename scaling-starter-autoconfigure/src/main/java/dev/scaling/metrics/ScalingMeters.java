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
	 * How often a node was chosen to serve work, and why. Reads that could not go where
	 * they should have are those of the reasons of fallbacks.
	 */
	ROUTING_DECISIONS("scaling.routing.decisions", Meter.Type.COUNTER, "decisions", DecisionTags.values()),

	/**
	 * How often a method annotated with {@code @RetryableRead} was repeated elsewhere
	 * because a node had failed.
	 */
	ROUTING_RETRIES("scaling.routing.retries", Meter.Type.COUNTER, "retries", NodeTags.values()),

	/**
	 * Whether a node is given work: 1 if it is, 0 if it is left alone.
	 */
	NODE_UP("scaling.node.up", Meter.Type.GAUGE, null, NodeTags.values()),

	/**
	 * Whether a node takes the writes of its cluster: 1 for the primary, 0 for all
	 * others. No node has 1 while there is no primary.
	 */
	NODE_PRIMARY("scaling.node.primary", Meter.Type.GAUGE, null, NodeTags.values()),

	/**
	 * The state of a node: 1 for the state that it is in, 0 for all others.
	 */
	NODE_STATE("scaling.node.state", Meter.Type.GAUGE, null, StateTags.values()),

	/**
	 * How long a replica is behind the primary: the age of the oldest position of the
	 * primary that it has not replayed. NaN if unknown, and for a primary.
	 */
	NODE_LAG("scaling.node.lag", Meter.Type.GAUGE, "seconds", NodeTags.values()),

	/**
	 * How much WAL of the primary a replica has not replayed. NaN if unknown, and for a
	 * primary.
	 */
	NODE_LAG_BYTES("scaling.node.lag.bytes", Meter.Type.GAUGE, "bytes", NodeTags.values()),

	/**
	 * The timeline that a node was seen on last, which each promotion raises. NaN if
	 * unknown.
	 */
	NODE_TIMELINE("scaling.node.timeline", Meter.Type.GAUGE, null, NodeTags.values()),

	/**
	 * Physical connections to a node that work is using or waiting for at the moment.
	 */
	NODE_BUSY("scaling.node.busy", Meter.Type.GAUGE, "connections", NodeTags.values()),

	/**
	 * How many statements took longer than {@code scaling.insight.slow-query.threshold}
	 * on a node.
	 */
	QUERIES_SLOW("scaling.queries.slow", Meter.Type.COUNTER, "statements", NodeTags.values()),

	/**
	 * How many statements failed on a node.
	 */
	QUERIES_FAILED("scaling.queries.failed", Meter.Type.COUNTER, "statements", NodeTags.values()),

	/**
	 * How often a request or a transaction repeated a statement, among those that were
	 * looked at.
	 */
	QUERIES_REPEATED("scaling.queries.repeated", Meter.Type.COUNTER, "repetitions", new KeyName[0]),

	/**
	 * How many connections the server of a node, or the pooler in front of it, has to
	 * give, by the limit that is reached first. NaN while unknown.
	 */
	BUDGET_USABLE("scaling.budget.usable", Meter.Type.GAUGE, "connections", NodeTags.values()),

	/**
	 * How many connections all instances of this application may take of that. NaN while
	 * unknown.
	 */
	BUDGET_DEMAND("scaling.budget.demand", Meter.Type.GAUGE, "connections", NodeTags.values()),

	/**
	 * How many instances of this application share the server of a node, or the pooler.
	 * NaN while unknown.
	 */
	BUDGET_INSTANCES("scaling.budget.instances", Meter.Type.GAUGE, "instances", NodeTags.values()),

	/**
	 * How many connections the server of a node has given to clients, of all
	 * applications. NaN while unknown.
	 */
	BUDGET_CONNECTIONS("scaling.budget.connections", Meter.Type.GAUGE, "connections", NodeTags.values()),

	/**
	 * How many of those are seen to do nothing. NaN while unknown.
	 */
	BUDGET_CONNECTIONS_IDLE("scaling.budget.connections.idle", Meter.Type.GAUGE, "connections", NodeTags.values()),

	/**
	 * How often another node became the primary of a cluster.
	 */
	FAILOVERS("scaling.failovers", Meter.Type.COUNTER, "failovers", ClusterTags.values()),

	/**
	 * How many positions that sessions had written up to were lost in failovers.
	 */
	CONSISTENCY_LOST("scaling.consistency.lost", Meter.Type.COUNTER, "positions", ClusterTags.values()),

	/**
	 * How long reads waited for a replica that is fresh enough, and whether there was one
	 * in time.
	 */
	CONSISTENCY_WAITS("scaling.consistency.waits", Meter.Type.TIMER, "seconds", WaitTags.values()),

	/**
	 * How many session tokens have come from clients of a servlet application, and what
	 * became of them.
	 */
	CONSISTENCY_TOKENS("scaling.consistency.tokens", Meter.Type.COUNTER, "tokens", TokenTags.values()),

	/**
	 * How long the monitor's probes of a node took, and how they ended.
	 */
	MONITOR_PROBES("scaling.monitor.probes", Meter.Type.TIMER, "seconds", ProbeTags.values()),

	/**
	 * How long callers waited for work on many shards, and what they got.
	 */
	GATHERS("scaling.gathers", Meter.Type.TIMER, "seconds", GatherTags.values()),

	/**
	 * How often a shard failed, or was late, in work on many shards. Shards whose work
	 * was cancelled because of another one do not count.
	 */
	GATHER_FAILURES("scaling.gather.failures", Meter.Type.COUNTER, "branches", ClusterTags.values()),

	/**
	 * How many branches of work on many shards have a place on a shard at the moment,
	 * including the abandoned ones.
	 */
	GATHER_RUNNING("scaling.gather.running", Meter.Type.GAUGE, "branches", ClusterTags.values()),

	/**
	 * How many branches of work on many shards wait for a place on a shard at the moment.
	 */
	GATHER_WAITING("scaling.gather.waiting", Meter.Type.GAUGE, "branches", ClusterTags.values()),

	/**
	 * How many branches of work on many shards run on a shard although nobody waits for
	 * their result any more.
	 */
	GATHER_ABANDONED("scaling.gather.abandoned", Meter.Type.GAUGE, "branches", ClusterTags.values()),

	/**
	 * How often the shard of a key was looked up in the directory of a keyspace, and
	 * whether it was remembered.
	 */
	DIRECTORY_LOOKUPS("scaling.directory.lookups", Meter.Type.COUNTER, "lookups", LookupTags.values()),

	/**
	 * How many keys of a directory are remembered at the moment. An estimate.
	 */
	DIRECTORY_SIZE("scaling.directory.size", Meter.Type.GAUGE, "keys", KeyspaceTags.values()),

	/**
	 * How many remembered keys of a directory were thrown out for others.
	 */
	DIRECTORY_EVICTIONS("scaling.directory.evictions", Meter.Type.COUNTER, "keys", KeyspaceTags.values()),

	/**
	 * How many changes of a directory were heard. That everything has to be forgotten,
	 * because changes were missed, is one.
	 */
	DIRECTORY_CHANGES("scaling.directory.changes", Meter.Type.COUNTER, "changes", KeyspaceTags.values()),

	/**
	 * How long ago a directory has answered with its changes. NaN before the first key
	 * was asked for.
	 */
	DIRECTORY_SILENCE("scaling.directory.silence", Meter.Type.GAUGE, "seconds", KeyspaceTags.values()),

	/**
	 * What the key with most work gets of all work of its keyspace: 0 to 1, of the last
	 * minutes. NaN while there is little work.
	 */
	KEYSPACE_HOTTEST_SHARE("scaling.keyspace.hottest.share", Meter.Type.GAUGE, null, KeyspaceTags.values()),

	/**
	 * What a shard gets of all work of a keyspace: 0 to 1, of the last minutes. NaN while
	 * there is little work.
	 */
	KEYSPACE_SHARD_SHARE("scaling.keyspace.shard.share", Meter.Type.GAUGE, null, ShardTags.values()),

	/**
	 * Connections of clients to the database of a node, without the one that asks.
	 */
	SERVER_CONNECTIONS("scaling.server.connections", Meter.Type.GAUGE, "connections", ServerConnectionTags.values()),

	/**
	 * {@code max_connections} of the server of a node.
	 */
	SERVER_CONNECTIONS_MAX("scaling.server.connections.max", Meter.Type.GAUGE, "connections", NodeTags.values()),

	/**
	 * Statements that have been running for longer than five seconds on a node, 20 at
	 * most.
	 */
	SERVER_STATEMENTS_LONG("scaling.server.statements.long", Meter.Type.GAUGE, "statements", NodeTags.values()),

	/**
	 * Executions that pg_stat_statements has counted in the database of a node.
	 */
	SERVER_STATEMENTS("scaling.server.statements", Meter.Type.COUNTER, "statements", NodeTags.values()),

	/**
	 * Time of those executions.
	 */
	SERVER_STATEMENTS_TIME("scaling.server.statements.time", Meter.Type.COUNTER, "seconds", NodeTags.values()),

	/**
	 * Share of the blocks of tables that were found in PostgreSQL's cache since the
	 * counters were reset, 0 to 1. NaN if none was read.
	 */
	SERVER_CACHE_HIT_RATIO("scaling.server.cache.hit.ratio", Meter.Type.GAUGE, null, NodeTags.values()),

	/**
	 * Blocks of tables that were looked for in PostgreSQL's cache.
	 */
	SERVER_CACHE_BLOCKS("scaling.server.cache.blocks", Meter.Type.COUNTER, "blocks", ServerCacheTags.values()),

	/**
	 * WAL that was sent to a standby and that it has not replayed, by what the sender
	 * knows.
	 */
	SERVER_REPLICATION_LAG("scaling.server.replication.lag", Meter.Type.GAUGE, "bytes", ServerStandbyTags.values()),

	/**
	 * Transactions in the database of a node.
	 */
	SERVER_TRANSACTIONS("scaling.server.transactions", Meter.Type.COUNTER, "transactions",
			ServerTransactionTags.values()),

	/**
	 * Deadlocks in the database of a node.
	 */
	SERVER_DEADLOCKS("scaling.server.deadlocks", Meter.Type.COUNTER, "deadlocks", NodeTags.values()),

	/**
	 * Queries in the database of a node that replay has cancelled.
	 */
	SERVER_CONFLICTS("scaling.server.conflicts", Meter.Type.COUNTER, "queries", NodeTags.values()),

	/**
	 * Temporary files that queries in the database of a node have written.
	 */
	SERVER_TEMPORARY_FILES("scaling.server.temporary.files", Meter.Type.COUNTER, "files", NodeTags.values()),

	/**
	 * Bytes in those files.
	 */
	SERVER_TEMPORARY_BYTES("scaling.server.temporary.bytes", Meter.Type.COUNTER, "bytes", NodeTags.values()),

	/**
	 * Bytes of the database of a node on disk.
	 */
	SERVER_DATABASE_SIZE("scaling.server.database.size", Meter.Type.GAUGE, "bytes", NodeTags.values()),

	/**
	 * WAL that a primary has written.
	 */
	SERVER_WAL("scaling.server.wal", Meter.Type.COUNTER, "bytes", NodeTags.values()),

	/**
	 * Checkpoints of a primary.
	 */
	SERVER_CHECKPOINTS("scaling.server.checkpoints", Meter.Type.COUNTER, "checkpoints", ServerCheckpointTags.values()),

	/**
	 * How often one of the tables that say most was read from beginning to end.
	 */
	SERVER_TABLE_SCANS("scaling.server.table.scans", Meter.Type.COUNTER, "scans", ServerTableTags.values()),

	/**
	 * Rows that those scans have read.
	 */
	SERVER_TABLE_ROWS_SCANNED("scaling.server.table.rows.scanned", Meter.Type.COUNTER, "rows",
			ServerTableTags.values()),

	/**
	 * Row versions of a table that wait for vacuum, about.
	 */
	SERVER_TABLE_ROWS_DEAD("scaling.server.table.rows.dead", Meter.Type.GAUGE, "rows", ServerTableTags.values()),

	/**
	 * Bytes of a table without its indexes.
	 */
	SERVER_TABLE_SIZE("scaling.server.table.size", Meter.Type.GAUGE, "bytes", ServerTableTags.values()),

	/**
	 * Bytes of the indexes of a table.
	 */
	SERVER_TABLE_INDEXES_SIZE("scaling.server.table.indexes.size", Meter.Type.GAUGE, "bytes", ServerTableTags.values()),

	/**
	 * How many findings the scaling advisor has.
	 */
	ADVISOR_FINDINGS("scaling.advisor.findings", Meter.Type.GAUGE, "findings", AdvisorTags.values());

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
	 * Tags of a cluster.
	 */
	public enum ClusterTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a node. Its role is none of them, because it changes: see
	 * {@link #NODE_PRIMARY}.
	 */
	public enum NodeTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a state of a node.
	 */
	public enum StateTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * Name of the state, such as {@code lagging}.
		 */
		STATE;

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
		 * Why the node was chosen, such as {@code read-only}.
		 */
		REASON;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a wait for a replica that is fresh enough.
	 */
	public enum WaitTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Whether there was such a replica in time: {@code fresh} or {@code timeout}.
		 */
		OUTCOME;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of session tokens.
	 */
	public enum TokenTags implements KeyName {

		/**
		 * What became of the token: {@code accepted}, {@code expired} or
		 * {@code unreadable}.
		 */
		RESULT;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a probe.
	 */
	public enum ProbeTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * How it ended: {@code answered}, {@code down}, {@code timeout} or
		 * {@code refused}.
		 */
		OUTCOME;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of work on many shards.
	 */
	public enum GatherTags implements KeyName {

		/**
		 * What the caller got: {@code complete}, {@code partial} or {@code failed}.
		 */
		OUTCOME;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a keyspace.
	 */
	public enum KeyspaceTags implements KeyName {

		/**
		 * Name of the keyspace, such as {@code users}.
		 */
		KEYSPACE;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a shard of a keyspace.
	 */
	public enum ShardTags implements KeyName {

		/**
		 * Name of the keyspace, such as {@code users}.
		 */
		KEYSPACE,

		/**
		 * Name of the shard, such as {@code shard-0}.
		 */
		SHARD;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of look-ups in a directory.
	 */
	public enum LookupTags implements KeyName {

		/**
		 * Name of the keyspace, such as {@code users}.
		 */
		KEYSPACE,

		/**
		 * Whether the key was remembered: {@code hit} or {@code miss}.
		 */
		RESULT;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of connections to a server.
	 */
	public enum ServerConnectionTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * State of {@code pg_stat_activity}, such as {@code idle-in-transaction}.
		 */
		STATE;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of blocks of a server's cache.
	 */
	public enum ServerCacheTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * Whether the block was there: {@code hit} or {@code read}.
		 */
		RESULT;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of what replicates from a server.
	 */
	public enum ServerStandbyTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * Its {@code application_name}.
		 */
		STANDBY;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of transactions on a server.
	 */
	public enum ServerTransactionTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * What became of it: {@code committed} or {@code rolled-back}.
		 */
		OUTCOME;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of checkpoints of a server.
	 */
	public enum ServerCheckpointTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * Whether it was due or asked for: {@code timed} or {@code requested}.
		 */
		KIND;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a table.
	 */
	public enum ServerTableTags implements KeyName {

		/**
		 * Name of the cluster, such as {@code main}.
		 */
		CLUSTER,

		/**
		 * Id of the node, such as {@code replica-1}.
		 */
		NODE,

		/**
		 * Name of the table with its schema.
		 */
		TABLE;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Tags of a finding of the scaling advisor.
	 */
	public enum AdvisorTags implements KeyName {

		/**
		 * What it belongs to, such as {@code read-load}.
		 */
		BOTTLENECK,

		/**
		 * How much it matters: {@code low}, {@code medium} or {@code high}.
		 */
		SEVERITY;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
