package dev.scaling.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.pool.ConnectionBudget.Limit;
import dev.scaling.pool.ConnectionBudget.Scope;
import dev.scaling.pool.ConnectionBudget.Share;
import dev.scaling.pool.pgbouncer.PgBouncerStatus;
import dev.scaling.pool.pgbouncer.PgBouncerStatus.Database;
import dev.scaling.pool.pgbouncer.PgBouncerStatus.Pool;
import dev.scaling.pool.pgbouncer.PgBouncerStatus.User;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.Server;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PoolerSizes} and the budgets that are made of them.
 */
class PoolerSizesTests {

	private static final Limit SERVER = new Limit(Scope.SERVER, "max_connections", 97);

	private final List<Database> databases = new ArrayList<>();

	private final List<Pool> pools = new ArrayList<>();

	private final List<User> users = new ArrayList<>();

	private final Map<String, String> configuration = new LinkedHashMap<>();

	private final List<Share> nodes = new ArrayList<>();

	@BeforeTry
	void clear() {
		this.databases.clear();
		this.pools.clear();
		this.users.clear();
		this.configuration.clear();
		this.nodes.clear();
	}

	@Property
	void clientsOfAllInstancesFitUnlessNotEvenTheSmallestDo(@ForAll @IntRange(min = 1, max = 2000) int maxClients,
			@ForAll @IntRange(min = 1, max = 40) int instances, @ForAll @IntRange(min = 0, max = 2) int others,
			@ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 60) Integer> sizes) {
		this.configuration.put("max_client_conn", String.valueOf(maxClients));
		sizes.forEach((size) -> node("db-" + this.nodes.size(), size, others));
		ConnectionBudget budget = BudgetCalculator.calculate(sizes(), this.nodes, instances, true);
		long smallest = (long) instances * (sizes.size() * (1 + others) + 1);
		assertThat(budget.verdict() == BudgetVerdict.EXCEEDED).isEqualTo(smallest > maxClients);
		if (budget.verdict() != BudgetVerdict.EXCEEDED) {
			assertThat(budget.demand()).isLessThanOrEqualTo(maxClients);
		}
		for (Share share : budget.shares()) {
			assertThat(share.maximum()).isBetween(1, share.configured());
		}
		boolean fits = budget.verdict() == BudgetVerdict.FITS || budget.verdict() == BudgetVerdict.FITTED;
		assertThat(fits).isEqualTo((instances + 1L) * budget.perInstance() <= maxClients);
	}

	@Property
	void pooledConnectionsAreNoMoreThanEachOfTheLimits(
			@ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 60) Integer> sizes,
			@ForAll @IntRange(min = 0, max = 20) int reserve, @ForAll @IntRange(min = 0, max = 80) int ofDatabase,
			@ForAll @IntRange(min = 0, max = 150) int ofUser) {
		this.configuration.put("max_user_connections", String.valueOf(ofUser));
		for (int size : sizes) {
			String name = "db-" + this.nodes.size();
			database(name, "db1", size, reserve, ofDatabase, null, 0);
			node(name, 10, 1);
		}
		int most = sizes().pooled(SERVER, this.nodes, this.nodes).most();
		int sum = sizes.stream()
			.mapToInt((size) -> (ofDatabase > 0) ? Math.min(ofDatabase, size + reserve) : size + reserve)
			.sum();
		assertThat(most).isLessThanOrEqualTo(sum);
		assertThat(most == sum).isEqualTo(ofUser == 0 || sum <= ofUser);
		if (ofUser > 0) {
			assertThat(most).isLessThanOrEqualTo(ofUser);
		}
	}

	@Property
	void poolsThatAreNotBehindThePoolerFitIntoWhatItLeaves(@ForAll @IntRange(min = 0, max = 120) int pooled,
			@ForAll @IntRange(min = 1, max = 20) int instances, @ForAll @IntRange(min = 1, max = 60) int size,
			@ForAll @IntRange(min = 0, max = 2) int past) {
		database("shop", "db1", pooled, 0, 0, null, 0);
		node("shop", 10, 0);
		Share behind = new Share(this.nodes.get(0).pool(), this.nodes.get(0).limits(), 0, 0, past);
		Share direct = new Share(pool("direct", null), limits(), size, size, 1);
		ConnectionBudget budget = BudgetCalculator.calculate(List.of(behind, direct), instances, true,
				(limit) -> sizes().pooled(limit, this.nodes, this.nodes));
		assertThat(budget.shares().get(0).maximum()).isZero();
		assertThat(budget.shares().get(1).maximum()).isBetween(1, size);
		assertThat(budget.demand())
			.isEqualTo((long) instances * (budget.shares().get(1).maximum() + 1 + past) + pooled);
		assertThat(budget.verdict() == BudgetVerdict.EXCEEDED)
			.isEqualTo(pooled + (long) instances * (2 + past) > budget.limit().usable());
		assertThat(budget.isExceededByPooler()).isEqualTo(
				budget.verdict() == BudgetVerdict.EXCEEDED && budget.demand() - pooled <= budget.limit().usable());
	}

	@Example
	void poolsOfOtherApplicationsOnTheServerCount() {
		database("shop", "db1", 20, 5, 0, null, 0);
		database("reports", "db1", 7, 0, 0, null, 0);
		database("elsewhere", "db2", 50, 0, 0, null, 0);
		database("unused", "db1", 50, 0, 0, null, 0);
		node("shop", 10, 1);
		seen("shop", "app");
		seen("shop", "batch");
		seen("reports", "batch");
		seen("elsewhere", "app");
		ConnectionBudget.Pooled pooled = sizes().pooled(SERVER, this.nodes, this.nodes);
		assertThat(pooled.sizes()).containsExactly(50, 7);
		assertThat(pooled.most()).isEqualTo(57);
		assertThat(sizes().pooled(new Limit(Scope.ROLE, "batch", 30), this.nodes, this.nodes).most()).isEqualTo(32);
		assertThat(sizes().pooled(new Limit(Scope.DATABASE, "reports", 30), this.nodes, this.nodes).most())
			.isEqualTo(7);
	}

	@Example
	void userOfTheDatabaseAndLimitsOfUsersCount() {
		database("shop", "db1", 20, 0, 0, "owner", 0);
		node("shop", 10, 1);
		seen("shop", "one");
		seen("shop", "two");
		assertThat(sizes().pooled(SERVER, this.nodes, this.nodes).most()).isEqualTo(20);
		this.users.add(new User("owner", 8L, 2L, 9, 0));
		ConnectionBudget.Pooled pooled = sizes().pooled(SERVER, this.nodes, this.nodes);
		assertThat(pooled.most()).isEqualTo(9);
		assertThat(pooled.describe()).isEqualTo("PgBouncer (10, 9 at most)");
	}

	@Example
	void limitsOfNewerVersionsCount() {
		this.configuration.put("max_client_conn", "1000");
		database("shop", "db1", 20, 0, 0, null, 70);
		node("shop", 10, 1);
		ConnectionBudget budget = BudgetCalculator.calculate(sizes(), this.nodes, 12, false);
		assertThat(budget.arithmetic())
			.isEqualTo("12 instances x (10 + 1) = 132 > 70 usable for database shop of PgBouncer on shop");
		assertThat(budget.cure()).contains("to 4 at most", "'max_db_client_connections'");
		this.configuration.put("max_user_client_connections", "50");
		budget = BudgetCalculator.calculate(sizes(), this.nodes, 12, false);
		assertThat(budget.arithmetic()).contains("> 50 usable for user app of PgBouncer on shop");
		this.users.add(new User("app", null, null, 0, 20));
		budget = BudgetCalculator.calculate(sizes(), this.nodes, 12, false);
		assertThat(budget.arithmetic()).contains("> 20 usable for user app of PgBouncer on shop");
		assertThat(budget.cure()).isEqualTo("raise 'max_user_client_connections' of PgBouncer");
	}

	@Example
	void placeOfUrlIsFound() {
		PoolerUrl console = PoolerUrl.of("jdbc:postgresql://bouncer.example:6432/pgbouncer?sslmode=require");
		assertThat(console).isNotNull();
		assertThat(PoolerUrl.of("jdbc:postgresql://one,BOUNCER.example:6432/shop"))
			.matches((url) -> url.isSamePlace(console))
			.extracting(PoolerUrl::database)
			.isEqualTo("shop");
		assertThat(PoolerUrl.of("jdbc:postgresql://bouncer.example/shop")).matches((url) -> !url.isSamePlace(console));
		assertThat(PoolerUrl.of("jdbc:postgresql://[::1]/shop"))
			.matches((url) -> url.addresses().contains("[::1]:5432"));
		assertThat(PoolerUrl.of("jdbc:postgresql:shop")).isNull();
		assertThat(PoolerUrl.of(null)).isNull();
	}

	private PoolerSizes sizes() {
		return new PoolerSizes(new PgBouncerStatus(Instant.EPOCH, "1.18.0", this.pools, List.of(), this.databases,
				Map.of("active", 3L), Map.of(), this.configuration, this.users));
	}

	private void database(String name, String host, int poolSize, int reserve, int maximum, @Nullable String user,
			int clients) {
		this.databases
			.add(new Database(name, host, 5432, name, poolSize, reserve, maximum, 0, false, false, user, clients));
	}

	private void seen(String database, String user) {
		this.pools.add(new Pool(database, user, "transaction", 1, 0, 1, 0, 0, 0, 0, Duration.ZERO));
	}

	private void node(String database, int size, int others) {
		this.nodes
			.add(new Share(pool(database, "jdbc:postgresql://bouncer:6432/" + database), limits(), size, size, others));
	}

	private static NodePool pool(String id, @Nullable String url) {
		return new NodePool(new Node(id, Node.MAIN_CLUSTER, NodeRole.PRIMARY, url, 1, true), new PGSimpleDataSource());
	}

	/**
	 * Of a monitor with the role of the pools.
	 */
	private static ServerLimits limits() {
		return new ServerLimits(new Server(1, "127.0.0.1", 5432, Instant.EPOCH), 100, 3, "app", -1, "shop", -1, true, 0,
				0, 0, 0);
	}

}
