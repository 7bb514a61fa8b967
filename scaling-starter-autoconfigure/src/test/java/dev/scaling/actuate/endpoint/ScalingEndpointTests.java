package dev.scaling.actuate.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.scaling.actuate.endpoint.ScalingEndpoint.Action;
import dev.scaling.actuate.endpoint.ScalingEndpoint.ClusterDescriptor;
import dev.scaling.actuate.endpoint.ScalingEndpoint.NodeDescriptor;
import dev.scaling.actuate.endpoint.ScalingEndpoint.ServerDescriptor;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.routing.RoutingReason;
import dev.scaling.routing.WatchedCluster;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScalingEndpoint}.
 */
class ScalingEndpointTests {

	private final WatchedCluster watched = WatchedCluster.of(3);

	private final ScalingEndpoint endpoint = new ScalingEndpoint(this.watched.clusters(), ConsistencyMode.SESSION,
			() -> Map.of("users", List.of("shard-0")));

	@Test
	void nothingIsSaidOfWhatWasNotSeen() {
		ClusterDescriptor cluster = cluster();
		assertThat(cluster.primary()).isNull();
		assertThat(cluster.timeline()).isNull();
		assertThat(cluster.failovers()).isZero();
		assertThat(cluster.lostPositions()).isZero();
		assertThat(cluster.nodes()).containsOnlyKeys("primary", "replica-1", "replica-2", "replica-3");
		NodeDescriptor replica = node("replica-1");
		assertThat(replica.role()).isEqualTo("replica");
		assertThat(replica.state()).isEqualTo("unseen");
		assertThat(replica.since()).isEqualTo(WatchedCluster.NOW);
		assertThat(replica.reason()).isNull();
		assertThat(replica.lag()).isNull();
		assertThat(replica.timeline()).isNull();
		assertThat(replica.position()).isNull();
		assertThat(replica.server()).isNull();
		assertThat(replica.pool()).isNull();
	}

	@Test
	void clusterNamesItsPrimary() {
		seeAll();
		ClusterDescriptor cluster = cluster();
		assertThat(cluster.primary()).isEqualTo("primary");
		assertThat(cluster.timeline()).isOne();
		assertThat(this.endpoint.scaling().clusters()).containsOnlyKeys("main").containsEntry("main", cluster);
		assertThat(this.endpoint.scaling().consistency()).isEqualTo("session");
		assertThat(this.endpoint.scaling().keyspaces()).containsOnly(Map.entry("users", List.of("shard-0")));
	}

	@Test
	void replicaSaysHowFarItIs() {
		seeAll();
		this.watched.seePrimary("primary", 1, 0x1_0300_0200L, Duration.ofSeconds(2), false);
		this.watched.seeReplica("replica-1", 1, 0x1_0300_0148L);
		NodeDescriptor replica = node("replica-1");
		assertThat(replica.position()).isEqualTo("1/3000148");
		assertThat(replica.timeline()).isOne();
		assertThat(replica.lag()).isNotNull();
		assertThat(replica.lag().bytes()).isEqualTo(0x200 - 0x148);
		assertThat(replica.lag().time()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
		assertThat(replica.lag().time().toNanosPart() % 1_000_000).isZero();
		NodeDescriptor primary = node("primary");
		assertThat(primary.position()).isEqualTo("1/3000200");
		assertThat(primary.lag()).isNull();
	}

	@Test
	void nodeSaysWhichServerItIs() {
		seeAll();
		ServerDescriptor server = node("primary").server();
		assertThat(server).isNotNull();
		assertThat(server.systemIdentifier()).isEqualTo("17293822569102704641");
		assertThat(server.address()).isEqualTo("10.0.0.7");
		assertThat(server.port()).isPositive();
		assertThat(server.startedAt()).isEqualTo(WatchedCluster.STARTED);
	}

	@Test
	void nodeSaysWhatIsConfigured() {
		assertThat(node("primary").configuredRole()).isEqualTo("primary");
		assertThat(node("replica-2").configuredRole()).isEqualTo("replica");
		assertThat(node("replica-2").promotable()).isTrue();
		assertThat(node("replica-3").promotable()).isFalse();
		assertThat(node("replica-3").url()).isEqualTo("jdbc:postgresql://replica-3:5432/shop");
		assertThat(node("replica-3").weight()).isOne();
	}

	@Test
	void rolesAreThoseThatNodesHave() {
		seeAll();
		this.watched.seePrimary("replica-2", 2, 0x2_0000_0000L);
		this.watched.seeReplica("primary", 2, 0x2_0000_0000L);
		this.watched.topology().lost(1, 1234);
		ClusterDescriptor cluster = cluster();
		assertThat(cluster.primary()).isEqualTo("replica-2");
		assertThat(cluster.timeline()).isEqualTo(2);
		assertThat(cluster.failovers()).isOne();
		assertThat(cluster.lostPositions()).isOne();
		assertThat(node("replica-2").role()).isEqualTo("primary");
		assertThat(node("replica-2").configuredRole()).isEqualTo("replica");
		assertThat(node("replica-2").lag()).isNull();
		assertThat(node("primary").role()).isEqualTo("replica");
		assertThat(node("primary").configuredRole()).isEqualTo("primary");
	}

	@Test
	void nodeThatDoesNotAnswerKeepsWhatWasSeenLastButNoLag() {
		seeAll();
		this.watched.seeNothing("replica-1");
		NodeDescriptor replica = node("replica-1");
		assertThat(replica.state()).isEqualTo("unreachable");
		assertThat(replica.reason()).isEqualTo("connection refused");
		assertThat(replica.lag()).isNull();
		assertThat(replica.position()).isEqualTo("1/3000148");
		assertThat(replica.server()).isNotNull();
	}

	@Test
	void onlyReasonsThatOccurredAreShown() {
		this.watched.count("replica-1", RoutingReason.READ_ONLY);
		assertThat(node("replica-1").decisions()).containsOnlyKeys("read-only").containsEntry("read-only", 1L);
		assertThat(node("primary").decisions()).isEmpty();
	}

	@Test
	void whatIsNotThereIsNotFound() {
		assertThat(this.endpoint.cluster("other")).isNull();
		assertThat(this.endpoint.node("other", "primary")).isNull();
		assertThat(this.endpoint.node("main", "replica-9")).isNull();
	}

	@Test
	void nodeIsDrainedAndPutBack() {
		seeAll();
		assertThat(this.endpoint.operate("main", "replica-1", Action.DRAIN)).extracting(NodeDescriptor::state)
			.isEqualTo("drained");
		assertThat(node("replica-1").reason()).isEqualTo("by the operator");
		this.watched.seeReplica("replica-1", 1, 0x1_0300_0148L);
		assertThat(this.endpoint.operate("main", "replica-1", Action.REFRESH)).extracting(NodeDescriptor::state)
			.isEqualTo("drained");
		this.endpoint.operate("main", "replica-1", Action.UNDRAIN);
		this.watched.seeReplica("replica-1", 1, 0x1_0300_0148L);
		assertThat(node("replica-1").state()).isEqualTo("up");
		assertThat(this.endpoint.operate("main", "replica-9", Action.DRAIN)).isNull();
		assertThat(this.endpoint.operate("other", "replica-1", Action.DRAIN)).isNull();
	}

	private void seeAll() {
		this.watched.seePrimary("primary", 1, 0x1_0300_0148L);
		this.watched.seeReplica("replica-1", 1, 0x1_0300_0148L);
		this.watched.seeReplica("replica-2", 1, 0x1_0300_0148L);
		this.watched.seeReplica("replica-3", 1, 0x1_0300_0148L);
	}

	private ClusterDescriptor cluster() {
		ClusterDescriptor cluster = this.endpoint.cluster("main");
		assertThat(cluster).isNotNull();
		return cluster;
	}

	private NodeDescriptor node(String id) {
		NodeDescriptor node = this.endpoint.node("main", id);
		assertThat(node).isNotNull();
		return node;
	}

}
