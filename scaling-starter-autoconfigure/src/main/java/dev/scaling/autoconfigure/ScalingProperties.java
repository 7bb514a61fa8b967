package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.consistency.Carrier;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.pool.PreparedStatements;
import dev.scaling.routing.JoinPolicy;
import dev.scaling.routing.RoutingOptions.WhenAllLag;
import dev.scaling.sharding.DirectoryOptions;
import dev.scaling.sharding.HashFunction;
import dev.scaling.sharding.ShardKeyType;
import dev.scaling.topology.PoolerMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the scaling starter.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("scaling")
public class ScalingProperties {

	/**
	 * Whether to enable the scaling starter.
	 */
	private boolean enabled = true;

	private final Node primary = new Node();

	/**
	 * Replicas of the primary by name, such as replica-1.
	 */
	private final Map<String, Replica> replicas = new LinkedHashMap<>();

	/**
	 * Shards by name, such as shard-0: each is a primary with its replicas.
	 */
	private final Map<String, Shard> shards = new LinkedHashMap<>();

	/**
	 * Keyspaces by name, such as users: each maps its keys to shards.
	 */
	private final Map<String, Keyspace> keyspaces = new LinkedHashMap<>();

	private final Gather gather = new Gather();

	private final Migrations migrations = new Migrations();

	private final Pool pool = new Pool();

	/**
	 * How many instances of this application run: a number, or auto to count them.
	 */
	private String instances = "auto";

	private final Routing routing = new Routing();

	private final Consistency consistency = new Consistency();

	private final Monitor monitor = new Monitor();

	private final Failover failover = new Failover();

	private final PgBouncer pgbouncer = new PgBouncer();

	private final Timeouts timeouts = new Timeouts();

	private final Insight insight = new Insight();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Node getPrimary() {
		return this.primary;
	}

	public Map<String, Replica> getReplicas() {
		return this.replicas;
	}

	public Map<String, Shard> getShards() {
		return this.shards;
	}

	public Map<String, Keyspace> getKeyspaces() {
		return this.keyspaces;
	}

	public Gather getGather() {
		return this.gather;
	}

	public Migrations getMigrations() {
		return this.migrations;
	}

	public Pool getPool() {
		return this.pool;
	}

	public Routing getRouting() {
		return this.routing;
	}

	public String getInstances() {
		return this.instances;
	}

	public void setInstances(String instances) {
		this.instances = instances;
	}

	public Consistency getConsistency() {
		return this.consistency;
	}

	public Monitor getMonitor() {
		return this.monitor;
	}

	public Failover getFailover() {
		return this.failover;
	}

	public PgBouncer getPgbouncer() {
		return this.pgbouncer;
	}

	public Timeouts getTimeouts() {
		return this.timeouts;
	}

	public Insight getInsight() {
		return this.insight;
	}

	/**
	 * Coordinates of a node.
	 */
	public static class Node {

		/**
		 * JDBC URL of the node.
		 */
		private @Nullable String url;

		/**
		 * Login username of the node. A replica takes the primary's if it has none.
		 */
		private @Nullable String username;

		/**
		 * Login password of the node. A replica takes the primary's if it has none.
		 */
		private @Nullable String password;

		/**
		 * JDBC URL that leads to the same node past its pooler: for the monitor, and for
		 * notifications. The monitor uses the node's URL if there is none.
		 */
		private @Nullable String monitorUrl;

		private final Pool pool = new Pool();

		private final NodePgBouncer pgbouncer = new NodePgBouncer();

		public @Nullable String getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable String url) {
			this.url = url;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public @Nullable String getMonitorUrl() {
			return this.monitorUrl;
		}

		public void setMonitorUrl(@Nullable String monitorUrl) {
			this.monitorUrl = monitorUrl;
		}

		public Pool getPool() {
			return this.pool;
		}

		public NodePgBouncer getPgbouncer() {
			return this.pgbouncer;
		}

	}

	/**
	 * Coordinates of a replica.
	 */
	public static class Replica extends Node {

		/**
		 * Share of the reads relative to the other replicas, from 1 to 1000.
		 */
		private int weight = 1;

		/**
		 * Whether writes follow when the replica is promoted.
		 */
		private boolean promotable = true;

		public boolean isPromotable() {
			return this.promotable;
		}

		public void setPromotable(boolean promotable) {
			this.promotable = promotable;
		}

		public int getWeight() {
			return this.weight;
		}

		public void setWeight(int weight) {
			this.weight = weight;
		}

	}

	/**
	 * Coordinates of a shard.
	 */
	public static class Shard {

		private final Node primary = new Node();

		/**
		 * Replicas of the shard's primary by name, such as replica-1.
		 */
		private final Map<String, Replica> replicas = new LinkedHashMap<>();

		private final NodePgBouncer pgbouncer = new NodePgBouncer();

		public NodePgBouncer getPgbouncer() {
			return this.pgbouncer;
		}

		public Node getPrimary() {
			return this.primary;
		}

		public Map<String, Replica> getReplicas() {
			return this.replicas;
		}

	}

	/**
	 * How the keys of a keyspace are mapped to shards.
	 */
	public static class Keyspace {

		/**
		 * How keys are mapped to shards: hash, consistent-hash, range, directory, or the
		 * name of a ShardingStrategy bean.
		 */
		private String strategy = "hash";

		/**
		 * Names of the shards. With the strategy hash, the order is part of the mapping.
		 */
		private List<String> shards = new ArrayList<>();

		/**
		 * Number of the mapping: raised when shards or mapping are changed for good.
		 */
		private long epoch = 1;

		/**
		 * Whether this start tells the shards the list, the mapping and the epoch, if the
		 * epoch is higher than theirs. Ends all other sessions on them. For the start
		 * that changes the keyspace, after its rows have been moved.
		 */
		private boolean publishEpoch;

		/**
		 * Hash function of the strategy hash.
		 */
		private HashFunction function = HashFunction.MD5;

		/**
		 * Share of the keys of each shard relative to the others, with the strategy
		 * consistent-hash. A shard that is not listed has the weight 1.
		 */
		private final Map<String, Double> weights = new LinkedHashMap<>();

		/**
		 * Type of the keys: others are refused. Required with the strategy range and with
		 * the hash function postgresql.
		 */
		private @Nullable ShardKeyType type;

		private final Directory directory = new Directory();

		/**
		 * Ranges of the strategy range.
		 */
		private List<Range> ranges = new ArrayList<>();

		/**
		 * Tables whose rows belong to the keyspace, with the column of the key.
		 */
		private final Map<String, String> tables = new LinkedHashMap<>();

		private final Migrations migrations = new Migrations();

		public String getStrategy() {
			return this.strategy;
		}

		public void setStrategy(String strategy) {
			this.strategy = strategy;
		}

		public List<String> getShards() {
			return this.shards;
		}

		public void setShards(List<String> shards) {
			this.shards = shards;
		}

		public long getEpoch() {
			return this.epoch;
		}

		public void setEpoch(long epoch) {
			this.epoch = epoch;
		}

		public boolean isPublishEpoch() {
			return this.publishEpoch;
		}

		public void setPublishEpoch(boolean publishEpoch) {
			this.publishEpoch = publishEpoch;
		}

		public HashFunction getFunction() {
			return this.function;
		}

		public void setFunction(HashFunction function) {
			this.function = function;
		}

		public Map<String, Double> getWeights() {
			return this.weights;
		}

		public @Nullable ShardKeyType getType() {
			return this.type;
		}

		public void setType(@Nullable ShardKeyType type) {
			this.type = type;
		}

		public Directory getDirectory() {
			return this.directory;
		}

		public List<Range> getRanges() {
			return this.ranges;
		}

		public void setRanges(List<Range> ranges) {
			this.ranges = ranges;
		}

		public Map<String, String> getTables() {
			return this.tables;
		}

		public Migrations getMigrations() {
			return this.migrations;
		}

		/**
		 * Scripts that are executed on each shard of the keyspace.
		 */
		public static class Migrations {

			/**
			 * Locations of the scripts, as Flyway understands them. Default is
			 * classpath:db/keyspace/ followed by the name of the keyspace, if there is
			 * something.
			 */
			private List<String> locations = new ArrayList<>();

			/**
			 * Table on each shard that remembers what has been executed. Default is
			 * flyway_schema_history_ followed by the name of the keyspace.
			 */
			private @Nullable String table;

			/**
			 * Version that a shard without such a table has already: scripts up to it are
			 * not executed there.
			 */
			private String baselineVersion = "0";

			public List<String> getLocations() {
				return this.locations;
			}

			public void setLocations(List<String> locations) {
				this.locations = locations;
			}

			public @Nullable String getTable() {
				return this.table;
			}

			public void setTable(@Nullable String table) {
				this.table = table;
			}

			public String getBaselineVersion() {
				return this.baselineVersion;
			}

			public void setBaselineVersion(String baselineVersion) {
				this.baselineVersion = baselineVersion;
			}

		}

	}

	/**
	 * Table that says which shard owns a key, with the strategy directory.
	 */
	public static class Directory {

		/**
		 * Cluster with the table: main, or the name of a shard.
		 */
		private String cluster = "main";

		/**
		 * What happens to keys that the directory does not know.
		 */
		private DirectoryOptions.UnknownKeys unknownKeys = DirectoryOptions.UnknownKeys.FAIL;

		/**
		 * How many keys each instance remembers at most.
		 */
		private int cacheSize = 100_000;

		/**
		 * How changes by other instances become known.
		 */
		private DirectoryOptions.Propagation propagation = DirectoryOptions.Propagation.AUTO;

		/**
		 * How often the directory is asked for changes where notifications do not come
		 * through.
		 */
		private Duration pollInterval = Duration.ofMillis(500);

		/**
		 * Time without an answer after which the directory counts as silent.
		 */
		private Duration maxAge = Duration.ofSeconds(5);

		/**
		 * Whether the directory is asked for each key while it is silent, so that work
		 * fails without its answer, instead of going on with what is remembered.
		 */
		private boolean askWhenSilent;

		/**
		 * Time that a look-up may wait for a connection to the directory.
		 */
		private Duration timeout = Duration.ofSeconds(5);

		/**
		 * Name of a cache that all instances share, which a CacheManager bean has.
		 */
		private @Nullable String sharedCache;

		public String getCluster() {
			return this.cluster;
		}

		public void setCluster(String cluster) {
			this.cluster = cluster;
		}

		public DirectoryOptions.UnknownKeys getUnknownKeys() {
			return this.unknownKeys;
		}

		public void setUnknownKeys(DirectoryOptions.UnknownKeys unknownKeys) {
			this.unknownKeys = unknownKeys;
		}

		public int getCacheSize() {
			return this.cacheSize;
		}

		public void setCacheSize(int cacheSize) {
			this.cacheSize = cacheSize;
		}

		public DirectoryOptions.Propagation getPropagation() {
			return this.propagation;
		}

		public void setPropagation(DirectoryOptions.Propagation propagation) {
			this.propagation = propagation;
		}

		public Duration getPollInterval() {
			return this.pollInterval;
		}

		public void setPollInterval(Duration pollInterval) {
			this.pollInterval = pollInterval;
		}

		public Duration getMaxAge() {
			return this.maxAge;
		}

		public void setMaxAge(Duration maxAge) {
			this.maxAge = maxAge;
		}

		public boolean isAskWhenSilent() {
			return this.askWhenSilent;
		}

		public void setAskWhenSilent(boolean askWhenSilent) {
			this.askWhenSilent = askWhenSilent;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public @Nullable String getSharedCache() {
			return this.sharedCache;
		}

		public void setSharedCache(@Nullable String sharedCache) {
			this.sharedCache = sharedCache;
		}

	}

	/**
	 * Range of keys that belongs to a shard.
	 */
	public static class Range {

		/**
		 * Name of the range.
		 */
		private @Nullable String name;

		/**
		 * Name of the shard.
		 */
		private @Nullable String shard;

		/**
		 * First key of the range. The first range may be without.
		 */
		private @Nullable String from;

		/**
		 * First key after the range. The last range may be without.
		 */
		private @Nullable String to;

		public @Nullable String getName() {
			return this.name;
		}

		public void setName(@Nullable String name) {
			this.name = name;
		}

		public @Nullable String getShard() {
			return this.shard;
		}

		public void setShard(@Nullable String shard) {
			this.shard = shard;
		}

		public @Nullable String getFrom() {
			return this.from;
		}

		public void setFrom(@Nullable String from) {
			this.from = from;
		}

		public @Nullable String getTo() {
			return this.to;
		}

		public void setTo(@Nullable String to) {
			this.to = to;
		}

	}

	/**
	 * How the scripts of keyspaces are executed on their shards.
	 */
	public static class Migrations {

		/**
		 * Whether to execute the scripts of keyspaces when the application starts.
		 */
		private boolean enabled = true;

		/**
		 * What happens if a shard has something else than the scripts, or other shards.
		 */
		private OnDrift onDrift = OnDrift.FAIL;

		/**
		 * On how many shards scripts are executed at the same time.
		 */
		private int parallelism = 4;

		/**
		 * Time that the scripts of all shards together may take.
		 */
		private Duration timeout = Duration.ofHours(1);

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public OnDrift getOnDrift() {
			return this.onDrift;
		}

		public void setOnDrift(OnDrift onDrift) {
			this.onDrift = onDrift;
		}

		public int getParallelism() {
			return this.parallelism;
		}

		public void setParallelism(int parallelism) {
			this.parallelism = parallelism;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		/**
		 * What happens if a shard has something else than the scripts, or other shards.
		 */
		public enum OnDrift {

			/**
			 * The application does not start, and executes no scripts on a shard that has
			 * something else than them.
			 */
			FAIL,

			/**
			 * A warning.
			 */
			WARN

		}

	}

	/**
	 * Work on many shards.
	 */
	public static class Gather {

		/**
		 * Time that work on many shards may take.
		 */
		private Duration timeout = Duration.ofSeconds(10);

		/**
		 * On how many shards the same work runs at the same time.
		 */
		private int concurrency = 8;

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public int getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(int concurrency) {
			this.concurrency = concurrency;
		}

	}

	/**
	 * Settings of HikariCP, which take precedence over those of spring.datasource.hikari.
	 */
	public static class Pool {

		/**
		 * Maximum number of connections.
		 */
		private @Nullable Integer maximumPoolSize;

		/**
		 * Number of idle connections that the pool tries to keep.
		 */
		private @Nullable Integer minimumIdle;

		/**
		 * Time that a caller waits for a connection.
		 */
		private @Nullable Duration connectionTimeout;

		/**
		 * Time after which a connection that is not needed is closed.
		 */
		private @Nullable Duration idleTimeout;

		/**
		 * Time after which a connection is replaced.
		 */
		private @Nullable Duration maxLifetime;

		/**
		 * Time after which an idle connection is kept alive by a ping.
		 */
		private @Nullable Duration keepaliveTime;

		/**
		 * Time that a connection may take to answer whether it is alive.
		 */
		private @Nullable Duration validationTimeout;

		/**
		 * Time after which a connection that is out of its pool is reported as a leak.
		 */
		private @Nullable Duration leakDetectionThreshold;

		/**
		 * SQL statement that is executed on each new connection.
		 */
		private @Nullable String connectionInitSql;

		/**
		 * Properties of the JDBC driver.
		 */
		private final Map<String, String> dataSourceProperties = new LinkedHashMap<>();

		public @Nullable Integer getMaximumPoolSize() {
			return this.maximumPoolSize;
		}

		public void setMaximumPoolSize(@Nullable Integer maximumPoolSize) {
			this.maximumPoolSize = maximumPoolSize;
		}

		public @Nullable Integer getMinimumIdle() {
			return this.minimumIdle;
		}

		public void setMinimumIdle(@Nullable Integer minimumIdle) {
			this.minimumIdle = minimumIdle;
		}

		public @Nullable Duration getConnectionTimeout() {
			return this.connectionTimeout;
		}

		public void setConnectionTimeout(@Nullable Duration connectionTimeout) {
			this.connectionTimeout = connectionTimeout;
		}

		public @Nullable Duration getIdleTimeout() {
			return this.idleTimeout;
		}

		public void setIdleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
		}

		public @Nullable Duration getMaxLifetime() {
			return this.maxLifetime;
		}

		public void setMaxLifetime(@Nullable Duration maxLifetime) {
			this.maxLifetime = maxLifetime;
		}

		public @Nullable Duration getKeepaliveTime() {
			return this.keepaliveTime;
		}

		public void setKeepaliveTime(@Nullable Duration keepaliveTime) {
			this.keepaliveTime = keepaliveTime;
		}

		public @Nullable Duration getValidationTimeout() {
			return this.validationTimeout;
		}

		public void setValidationTimeout(@Nullable Duration validationTimeout) {
			this.validationTimeout = validationTimeout;
		}

		public @Nullable Duration getLeakDetectionThreshold() {
			return this.leakDetectionThreshold;
		}

		public void setLeakDetectionThreshold(@Nullable Duration leakDetectionThreshold) {
			this.leakDetectionThreshold = leakDetectionThreshold;
		}

		public @Nullable String getConnectionInitSql() {
			return this.connectionInitSql;
		}

		public void setConnectionInitSql(@Nullable String connectionInitSql) {
			this.connectionInitSql = connectionInitSql;
		}

		public Map<String, String> getDataSourceProperties() {
			return this.dataSourceProperties;
		}

	}

	/**
	 * How work is routed.
	 */
	public static class Routing {

		/**
		 * Whether connections are routed, too, where there is a primary and nothing else:
		 * each is held only while a transaction runs then, as with replicas.
		 */
		private boolean withoutReplicas;

		/**
		 * How a replica is chosen. A ReplicaSelector bean takes precedence.
		 */
		private Selector selector = Selector.LEAST_BUSY;

		/**
		 * Lag beyond which a replica is given no work.
		 */
		private Duration maxLag = Duration.ofSeconds(10);

		/**
		 * Lag in bytes of WAL beyond which a replica is given no work.
		 */
		private DataSize maxLagBytes = DataSize.ofMegabytes(16);

		/**
		 * What happens to reads while all replicas lag.
		 */
		private WhenAllLag whenAllLag = WhenAllLag.PRIMARY;

		/**
		 * How often a method annotated with RetryableRead is repeated on other nodes
		 * after its node has failed, from 0 to 10.
		 */
		private int readRetries;

		/**
		 * Where work outside of transactions goes.
		 */
		private Target nonTransactional = Target.PRIMARY;

		/**
		 * When a physical connection goes back to its pool.
		 */
		private Release release = Release.TRANSACTION;

		/**
		 * Whether to tell in the response header Scaling-Route which nodes have served
		 * the request.
		 */
		private boolean responseHeader;

		/**
		 * What happens when a read-write method takes part in a read-only transaction.
		 */
		private JoinPolicy writeInReadOnly = JoinPolicy.WARN;

		public boolean isWithoutReplicas() {
			return this.withoutReplicas;
		}

		public void setWithoutReplicas(boolean withoutReplicas) {
			this.withoutReplicas = withoutReplicas;
		}

		public Selector getSelector() {
			return this.selector;
		}

		public void setSelector(Selector selector) {
			this.selector = selector;
		}

		public Duration getMaxLag() {
			return this.maxLag;
		}

		public void setMaxLag(Duration maxLag) {
			this.maxLag = maxLag;
		}

		public DataSize getMaxLagBytes() {
			return this.maxLagBytes;
		}

		public void setMaxLagBytes(DataSize maxLagBytes) {
			this.maxLagBytes = maxLagBytes;
		}

		public WhenAllLag getWhenAllLag() {
			return this.whenAllLag;
		}

		public void setWhenAllLag(WhenAllLag whenAllLag) {
			this.whenAllLag = whenAllLag;
		}

		public int getReadRetries() {
			return this.readRetries;
		}

		public void setReadRetries(int readRetries) {
			this.readRetries = readRetries;
		}

		public Target getNonTransactional() {
			return this.nonTransactional;
		}

		public void setNonTransactional(Target nonTransactional) {
			this.nonTransactional = nonTransactional;
		}

		public Release getRelease() {
			return this.release;
		}

		public void setRelease(Release release) {
			this.release = release;
		}

		public boolean isResponseHeader() {
			return this.responseHeader;
		}

		public void setResponseHeader(boolean responseHeader) {
			this.responseHeader = responseHeader;
		}

		public JoinPolicy getWriteInReadOnly() {
			return this.writeInReadOnly;
		}

		public void setWriteInReadOnly(JoinPolicy writeInReadOnly) {
			this.writeInReadOnly = writeInReadOnly;
		}

		/**
		 * How a replica is chosen.
		 */
		public enum Selector {

			/**
			 * The less busy of two that are drawn at random.
			 */
			LEAST_BUSY,

			/**
			 * One after the other.
			 */
			ROUND_ROBIN,

			/**
			 * Any.
			 */
			RANDOM

		}

		/**
		 * Where work goes.
		 */
		public enum Target {

			/**
			 * To the primary.
			 */
			PRIMARY,

			/**
			 * To a replica.
			 */
			REPLICA

		}

		/**
		 * When a physical connection goes back to its pool.
		 */
		public enum Release {

			/**
			 * At the end of the transaction.
			 */
			TRANSACTION,

			/**
			 * When the connection is closed.
			 */
			CLOSE

		}

	}

	/**
	 * What keeps sessions from stale reads.
	 */
	public static class Consistency {

		/**
		 * What keeps a session from reading data older than its own writes.
		 */
		private ConsistencyMode mode = ConsistencyMode.SESSION;

		/**
		 * How long reads go to the primary after a write of their session, in the mode
		 * 'window'.
		 */
		private Duration window = Duration.ofSeconds(2);

		/**
		 * How long a session that has left the process is remembered. Longer than
		 * scaling.routing.max-lag and scaling.monitor.interval together.
		 */
		private Duration tokenTtl = Duration.ofSeconds(30);

		/**
		 * How long a read may wait for a replica that is fresh enough before it goes to
		 * the primary.
		 */
		private Duration wait = Duration.ZERO;

		/**
		 * What carries the session from one HTTP request to the next.
		 */
		private Carrier carrier = Carrier.COOKIE;

		public ConsistencyMode getMode() {
			return this.mode;
		}

		public void setMode(ConsistencyMode mode) {
			this.mode = mode;
		}

		public Duration getWindow() {
			return this.window;
		}

		public void setWindow(Duration window) {
			this.window = window;
		}

		public Duration getTokenTtl() {
			return this.tokenTtl;
		}

		public void setTokenTtl(Duration tokenTtl) {
			this.tokenTtl = tokenTtl;
		}

		public Duration getWait() {
			return this.wait;
		}

		public void setWait(Duration wait) {
			this.wait = wait;
		}

		public Carrier getCarrier() {
			return this.carrier;
		}

		public void setCarrier(Carrier carrier) {
			this.carrier = carrier;
		}

	}

	/**
	 * How the nodes are watched.
	 */
	public static class Monitor {

		/**
		 * Time between two probes of a node, 10 milliseconds or more.
		 */
		private Duration interval = Duration.ofMillis(250);

		/**
		 * Time that a node may take to answer a probe.
		 */
		private Duration timeout = Duration.ofMillis(500);

		/**
		 * Login username of the monitor. Default is the node's.
		 */
		private @Nullable String username;

		/**
		 * Login password of the monitor.
		 */
		private @Nullable String password;

		public Duration getInterval() {
			return this.interval;
		}

		public void setInterval(Duration interval) {
			this.interval = interval;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

	}

	/**
	 * What happens without a primary.
	 */
	public static class Failover {

		/**
		 * How long work waits for a primary to appear. 0 means not at all.
		 */
		private Duration wait = Duration.ofSeconds(5);

		/**
		 * How long a node may not answer before the work in flight on it is aborted.
		 */
		private Duration abortAfter = Duration.ofSeconds(30);

		public Duration getWait() {
			return this.wait;
		}

		public void setWait(Duration wait) {
			this.wait = wait;
		}

		public Duration getAbortAfter() {
			return this.abortAfter;
		}

		public void setAbortAfter(Duration abortAfter) {
			this.abortAfter = abortAfter;
		}

		/**
		 * Whether the application starts when the primary cannot be reached.
		 */
		private boolean startWithoutPrimary;

		public boolean isStartWithoutPrimary() {
			return this.startWithoutPrimary;
		}

		public void setStartWithoutPrimary(boolean startWithoutPrimary) {
			this.startWithoutPrimary = startWithoutPrimary;
		}

	}

	/**
	 * The PgBouncer in front of nodes.
	 */
	public static class NodePgBouncer {

		/**
		 * Mode of the PgBouncer that the URL leads through. Default is that of the
		 * shard's properties, or of scaling.pgbouncer.
		 */
		private @Nullable PoolerMode mode;

		/**
		 * Whether the driver may prepare statements on the server in transaction and
		 * statement mode. Default is that of the shard's properties, or of
		 * scaling.pgbouncer.
		 */
		private @Nullable PreparedStatements preparedStatements;

		public @Nullable PoolerMode getMode() {
			return this.mode;
		}

		public void setMode(@Nullable PoolerMode mode) {
			this.mode = mode;
		}

		public @Nullable PreparedStatements getPreparedStatements() {
			return this.preparedStatements;
		}

		public void setPreparedStatements(@Nullable PreparedStatements preparedStatements) {
			this.preparedStatements = preparedStatements;
		}

	}

	/**
	 * The PgBouncer in front of all nodes that say nothing else.
	 */
	public static class PgBouncer {

		/**
		 * Mode of the PgBouncer that the nodes' URLs lead through.
		 */
		private PoolerMode mode = PoolerMode.NONE;

		/**
		 * Whether the driver may prepare statements on the server in transaction and
		 * statement mode. With 'auto', each new connection in transaction mode finds out
		 * whether PgBouncer keeps track of them.
		 */
		private PreparedStatements preparedStatements = PreparedStatements.AUTO;

		private final PgBouncerAdmin admin = new PgBouncerAdmin();

		public PgBouncerAdmin getAdmin() {
			return this.admin;
		}

		public PoolerMode getMode() {
			return this.mode;
		}

		public void setMode(PoolerMode mode) {
			this.mode = mode;
		}

		public PreparedStatements getPreparedStatements() {
			return this.preparedStatements;
		}

		public void setPreparedStatements(PreparedStatements preparedStatements) {
			this.preparedStatements = preparedStatements;
		}

	}

	/**
	 * Administration console of PgBouncer.
	 */
	public static class PgBouncerAdmin {

		/**
		 * JDBC URL of the database pgbouncer, which is the console.
		 */
		private @Nullable String url;

		/**
		 * User who is listed in PgBouncer's admin_users or stats_users.
		 */
		private @Nullable String username;

		/**
		 * Password of the user.
		 */
		private @Nullable String password;

		/**
		 * How often the console is asked.
		 */
		private Duration interval = Duration.ofSeconds(10);

		/**
		 * Time that clients may wait for server connections without being reported.
		 */
		private Duration waitingThreshold = Duration.ofSeconds(5);

		public @Nullable String getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable String url) {
			this.url = url;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public Duration getInterval() {
			return this.interval;
		}

		public void setInterval(Duration interval) {
			this.interval = interval;
		}

		public Duration getWaitingThreshold() {
			return this.waitingThreshold;
		}

		public void setWaitingThreshold(Duration waitingThreshold) {
			this.waitingThreshold = waitingThreshold;
		}

	}

	/**
	 * How long work may take on the nodes of one role.
	 */
	public static class RoleTimeouts {

		/**
		 * Time that a statement may take, from 1 millisecond to 24 days. 0 means no
		 * limit.
		 */
		private @Nullable Duration statement;

		/**
		 * Time that a statement may wait for a lock, from 1 millisecond to 24 days. 0
		 * means no limit.
		 */
		private @Nullable Duration lock;

		/**
		 * Time that a transaction may do nothing, from 1 millisecond to 24 days. 0 means
		 * no limit.
		 */
		private @Nullable Duration idleInTransaction;

		/**
		 * Time that a connection waits for an answer before it ends. Longer than the
		 * timeout of statements.
		 */
		private @Nullable Duration socket;

		public @Nullable Duration getStatement() {
			return this.statement;
		}

		public void setStatement(@Nullable Duration statement) {
			this.statement = statement;
		}

		public @Nullable Duration getLock() {
			return this.lock;
		}

		public void setLock(@Nullable Duration lock) {
			this.lock = lock;
		}

		public @Nullable Duration getIdleInTransaction() {
			return this.idleInTransaction;
		}

		public void setIdleInTransaction(@Nullable Duration idleInTransaction) {
			this.idleInTransaction = idleInTransaction;
		}

		public @Nullable Duration getSocket() {
			return this.socket;
		}

		public void setSocket(@Nullable Duration socket) {
			this.socket = socket;
		}

	}

	/**
	 * How long work may take.
	 */
	public static class Timeouts extends RoleTimeouts {

		private final RoleTimeouts replica = new RoleTimeouts();

		public RoleTimeouts getReplica() {
			return this.replica;
		}

	}

	/**
	 * What the application's statements tell about it.
	 */
	public static class Insight {

		private final SlowQuery slowQuery = new SlowQuery();

		private final RepeatedQueries repeatedQueries = new RepeatedQueries();

		public SlowQuery getSlowQuery() {
			return this.slowQuery;
		}

		public RepeatedQueries getRepeatedQueries() {
			return this.repeatedQueries;
		}

	}

	/**
	 * Log of slow and failed statements.
	 */
	public static class SlowQuery {

		/**
		 * Whether to log statements that are slow or fail.
		 */
		private boolean enabled = true;

		/**
		 * Time that a statement may take without being logged.
		 */
		private Duration threshold = Duration.ofSeconds(1);

		/**
		 * Whether the log shows the values of parameters and the messages of the server,
		 * which may contain some.
		 */
		private boolean parameters;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public Duration getThreshold() {
			return this.threshold;
		}

		public void setThreshold(Duration threshold) {
			this.threshold = threshold;
		}

		public boolean isParameters() {
			return this.parameters;
		}

		public void setParameters(boolean parameters) {
			this.parameters = parameters;
		}

	}

	/**
	 * Search for statements that are executed again and again for one piece of work.
	 */
	public static class RepeatedQueries {

		/**
		 * Whether to look for statements that a request or a transaction repeats.
		 */
		private boolean enabled = true;

		/**
		 * How often a statement has to be executed for one request or transaction to be
		 * reported, 2 or more.
		 */
		private int threshold = 10;

		/**
		 * Of how many requests or transactions of a thread one is looked at, 1 or more.
		 */
		private int sample = 10;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public int getThreshold() {
			return this.threshold;
		}

		public void setThreshold(int threshold) {
			this.threshold = threshold;
		}

		public int getSample() {
			return this.sample;
		}

		public void setSample(int sample) {
			this.sample = sample;
		}

	}

}
