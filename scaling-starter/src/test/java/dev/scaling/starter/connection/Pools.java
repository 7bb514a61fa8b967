package dev.scaling.starter.connection;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariPoolMXBean;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the pools of an application's nodes hold at the moment.
 */
public final class Pools {

	private final List<NodePool> pools;

	private Pools(List<NodePool> pools) {
		this.pools = pools;
	}

	public static Pools of(DataSource dataSource) {
		assertThat(dataSource).isInstanceOf(RoutingDataSource.class);
		return new Pools(((RoutingDataSource) dataSource).topologies()
			.stream()
			.flatMap((topology) -> topology.pools().stream())
			.toList());
	}

	public int active() {
		return this.pools.stream().mapToInt(Pools::active).sum();
	}

	public int active(String node) {
		return this.pools.stream().filter((pool) -> pool.node().id().equals(node)).mapToInt(Pools::active).sum();
	}

	private static int active(NodePool pool) {
		return Optional.ofNullable(pool.statistics()).map(HikariPoolMXBean::getActiveConnections).orElse(0);
	}

	public void awaitDrained() {
		await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> this.pools.forEach(Pools::assertDrained));
	}

	public void assertDrained() {
		this.pools.forEach(Pools::assertDrained);
	}

	/**
	 * Closes the idle connections: the next borrowers get new ones.
	 */
	public void evict() {
		this.pools.stream()
			.map(NodePool::statistics)
			.filter(Objects::nonNull)
			.forEach(HikariPoolMXBean::softEvictConnections);
	}

	private static void assertDrained(NodePool pool) {
		assertThat(active(pool)).as("active connections of " + pool).isZero();
		assertThat(pool.busy()).as("busy connections of " + pool).isZero();
	}

}
