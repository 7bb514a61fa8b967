package dev.scaling.starter.sharding.directory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.scaling.RoutingContext;
import dev.scaling.routing.LiveTopology;
import dev.scaling.sharding.DefaultShardDirectory;
import dev.scaling.sharding.DirectoryOptions;
import dev.scaling.sharding.DirectoryOptions.Propagation;
import dev.scaling.sharding.DirectoryOptions.UnknownKeys;
import dev.scaling.sharding.DirectorySharding;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.Keyspaces;
import dev.scaling.sharding.MoveOptions;
import dev.scaling.starter.sharding.ShardDatabases;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An instance of an application with a keyspace of tenants.
 */
final class TenantInstance implements AutoCloseable {

	static final List<String> SHARDS = List.of("shard-0", "shard-1");

	static final MoveOptions FAST_MOVES = new MoveOptions(Duration.ofMillis(200), 50, Duration.ofSeconds(5),
			Duration.ofMillis(1500));

	final Map<String, LiveTopology> topologies;

	final DirectorySharding sharding;

	final DefaultShardDirectory directory;

	final Keyspaces keyspaces;

	final JdbcClient jdbc;

	final DataSourceTransactionManager transactionManager;

	final TransactionTemplate transactions;

	TenantInstance(ShardDatabases databases, int connections) {
		this(databases, connections, options(UnknownKeys.FAIL, Propagation.AUTO), null, FAST_MOVES);
	}

	TenantInstance(ShardDatabases databases, int connections, DirectoryOptions options, @Nullable Cache shared,
			MoveOptions moves) {
		this(databases, connections, options, shared, moves, Map.of("account", "tenant", "entry", "tenant"));
	}

	TenantInstance(ShardDatabases databases, int connections, DirectoryOptions options, @Nullable Cache shared,
			MoveOptions moves, Map<String, String> tables) {
		this.topologies = databases.instance(connections, "main", "shard-0", "shard-1");
		Keyspaces[] holder = new Keyspaces[1];
		DirectorySharding[] strategy = new DirectorySharding[1];
		KeyspaceDefinition keyspace = new KeyspaceDefinition("tenants", SHARDS, "directory in main", () -> strategy[0],
				tables);
		strategy[0] = new DirectorySharding(keyspace, () -> this.topologies.get("main"), options, null, shared,
				() -> holder[0].changed());
		this.sharding = strategy[0];
		this.keyspaces = new Keyspaces(List.of(keyspace), Set.copyOf(SHARDS), () -> null);
		holder[0] = this.keyspaces;
		this.directory = new DefaultShardDirectory(keyspace, this.sharding, this.topologies::get, moves);
		this.transactionManager = new DataSourceTransactionManager(
				ShardDatabases.routing(this.topologies, this.keyspaces));
		this.jdbc = JdbcClient.create(this.transactionManager.getDataSource());
		this.transactions = new TransactionTemplate(this.transactionManager);
	}

	static DirectoryOptions options(UnknownKeys unknownKeys, Propagation propagation) {
		return new DirectoryOptions(unknownKeys, 1000, propagation, Duration.ofMillis(100), Duration.ofSeconds(2),
				false, Duration.ofSeconds(5));
	}

	/**
	 * Runs a transaction of a tenant.
	 */
	void transact(Object tenant, Runnable work) {
		RoutingContext.atKey("tenants", tenant)
			.run(() -> this.transactions.executeWithoutResult((status) -> work.run()));
	}

	void insert(String tenant, long id) {
		transact(tenant, () -> this.jdbc.sql("INSERT INTO entry VALUES (?, ?)").param(tenant).param(id).update());
	}

	static void createTables(ShardDatabases databases) {
		databases.database("main");
		for (String shard : SHARDS) {
			databases.jdbc(shard).sql("""
					DROP TABLE IF EXISTS entry, account, scaling_fence, scaling_fence_generation CASCADE;
					CREATE TABLE account (tenant text PRIMARY KEY, balance bigint NOT NULL, name text);
					CREATE TABLE entry (tenant text REFERENCES account, id bigint, at timestamptz DEFAULT now(),
						twice bigint GENERATED ALWAYS AS (id * 2) STORED, PRIMARY KEY (tenant, id))""").update();
		}
		databases.jdbc("main")
			.sql("DROP TABLE IF EXISTS scaling_directory, scaling_directory_version, scaling_move")
			.update();
	}

	static long rows(ShardDatabases databases, String shard, String tenant) {
		return databases.jdbc(shard)
			.sql("SELECT count(*) FROM entry WHERE tenant = ?")
			.param(tenant)
			.query(Long.class)
			.single();
	}

	@Override
	public void close() {
		this.sharding.close();
		this.topologies.values().forEach((topology) -> ShardDatabases.pool(topology).close());
	}

}
