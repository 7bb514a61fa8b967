package dev.scaling.metrics;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.scaling.routing.NodePool;
import dev.scaling.routing.ProbeFailure;
import dev.scaling.routing.RoutingReason;
import dev.scaling.routing.WatchedCluster;
import dev.scaling.topology.NodeState;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link RoutingMetrics}.
 */
class RoutingMetricsTests {

	private final WatchedCluster cluster = WatchedCluster.of(2);

	private final MeterRegistry registry = bind(this.cluster);

	@Test
	void metersAreThoseThatAreDocumented() {
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.contains("scaling.routing.decisions", "scaling.node.up", "scaling.failovers")
			.isSubsetOf(Arrays.stream(ScalingMeters.values()).map(ScalingMeters::getName).toArray(String[]::new));
		for (ScalingMeters documented : ScalingMeters.values()) {
			for (Meter meter : this.registry.find(documented.getName()).meters()) {
				assertThat(meter.getId().getType()).isEqualTo(documented.getType());
				assertThat(meter.getId().getBaseUnit()).isEqualTo(documented.getBaseUnit());
				assertThat(meter.getId().getDescription()).isNotEmpty();
				assertThat(meter.getId().getTags()).extracting(Tag::getKey)
					.containsExactlyInAnyOrder(
							Arrays.stream(documented.getKeyNames()).map(KeyName::asString).toArray(String[]::new));
			}
		}
	}

	@Test
	void nodeThatWasNotSeenHasNoLagAndNoTimeline() {
		assertThat(value("scaling.node.up", "replica-1")).isZero();
		assertThat(value("scaling.node.lag", "replica-1")).isNaN();
		assertThat(value("scaling.node.lag.bytes", "replica-1")).isNaN();
		assertThat(value("scaling.node.timeline", "replica-1")).isNaN();
		assertThat(states("replica-1")).containsExactly("unseen");
	}

	@Test
	void lagIsThatOfTheReplica() {
		this.cluster.seePrimary("primary", 1, 1000);
		this.cluster.seePrimary("primary", 1, 1600, Duration.ofSeconds(3), false);
		this.cluster.seeReplica("replica-1", 1, 1000);
		this.cluster.seeReplica("replica-2", 1, 1600);
		assertThat(value("scaling.node.lag", "replica-1")).isCloseTo(3, within(1.0));
		assertThat(value("scaling.node.lag.bytes", "replica-1")).isEqualTo(600);
		assertThat(value("scaling.node.lag", "replica-2")).isZero();
		assertThat(value("scaling.node.lag.bytes", "replica-2")).isZero();
		assertThat(value("scaling.node.lag", "primary")).isNaN();
		assertThat(value("scaling.node.lag.bytes", "primary")).isNaN();
	}

	@Test
	void lagOfNodeThatDoesNotAnswerIsUnknown() {
		this.cluster.seePrimary("primary", 1, 1000);
		this.cluster.seeReplica("replica-1", 1, 1000);
		this.cluster.seeNothing("replica-1");
		assertThat(states("replica-1")).containsExactly("unreachable");
		assertThat(value("scaling.node.lag", "replica-1")).isNaN();
		assertThat(value("scaling.node.lag.bytes", "replica-1")).isNaN();
		assertThat(value("scaling.node.timeline", "replica-1")).isOne();
	}

	@Test
	void lagOfNodeOfAnotherHistoryIsUnknown() {
		this.cluster.seeNothing("replica-1");
		this.cluster.seeNothing("replica-2");
		this.cluster.seePrimary("primary", 1, 1000);
		this.cluster.seeReplica("replica-1", 1, 5000);
		this.cluster.seePrimary("primary", 1, 1001);
		assertThat(states("replica-1")).containsExactly("fenced");
		assertThat(value("scaling.node.lag", "replica-1")).isNaN();
		assertThat(value("scaling.node.lag.bytes", "replica-1")).isNaN();
	}

	@Test
	void stateIsOneOfAll() {
		this.cluster.seePrimary("primary", 1, 1000);
		this.cluster.seePrimary("primary", 1, 1600, Duration.ofSeconds(20), false);
		this.cluster.seeReplica("replica-1", 1, 1000);
		assertThat(states("primary")).containsExactly("up");
		assertThat(states("replica-1")).containsExactly("lagging");
		assertThat(states("replica-2")).containsExactly("unseen");
		assertThat(value("scaling.node.up", "primary")).isOne();
		assertThat(value("scaling.node.up", "replica-1")).isZero();
		assertThat(this.registry.get("scaling.node.state").tag("node", "primary").gauges())
			.hasSize(NodeState.values().length);
	}

	@Test
	void primaryIsTheNodeThatTakesTheWrites() {
		assertThat(value("scaling.node.primary", "primary")).isZero();
		this.cluster.seePrimary("primary", 1, 1000);
		this.cluster.seeReplica("replica-1", 1, 1000);
		this.cluster.seeNothing("replica-2");
		assertThat(value("scaling.node.primary", "primary")).isOne();
		assertThat(value("scaling.node.primary", "replica-1")).isZero();
		assertThat(counter("scaling.failovers")).isZero();
		this.cluster.seePrimary("replica-1", 2, 2100);
		assertThat(value("scaling.node.primary", "primary")).isZero();
		assertThat(value("scaling.node.primary", "replica-1")).isOne();
		assertThat(value("scaling.node.timeline", "replica-1")).isEqualTo(2);
		assertThat(value("scaling.node.timeline", "primary")).isOne();
		assertThat(counter("scaling.failovers")).isOne();
	}

	@Test
	void noneOfTwoPrimariesIsThePrimary() {
		this.cluster.seeNothing("replica-1");
		this.cluster.seeNothing("replica-2");
		this.cluster.seePrimary("primary", 1, 1000);
		this.cluster.seePrimary("replica-1", 1, 1000);
		assertThat(value("scaling.node.primary", "primary")).isZero();
		assertThat(value("scaling.node.primary", "replica-1")).isZero();
		assertThat(states("primary")).containsExactly("fenced");
		assertThat(states("replica-1")).containsExactly("fenced");
	}

	@Test
	void lostPositionsAreCounted() {
		this.cluster.topology().lost(1, 1234);
		this.cluster.topology().lost(1, 1235);
		assertThat(counter("scaling.consistency.lost")).isEqualTo(2);
	}

	@Test
	void waitsAreTimedByWhetherTheyWereInVain() {
		this.cluster.topology().waits(true).add(2_000_000_000);
		this.cluster.topology().waits(true).add(1_000_000_000);
		this.cluster.topology().waits(false).add(500_000_000);
		assertThat(timer("scaling.consistency.waits", "fresh").count()).isEqualTo(2);
		assertThat(timer("scaling.consistency.waits", "fresh").totalTime(TimeUnit.SECONDS)).isEqualTo(3);
		assertThat(timer("scaling.consistency.waits", "timeout").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(500);
	}

	@Test
	void probesAreTimedByHowTheyEnded() {
		NodePool replica = this.cluster.node("replica-1");
		replica.answeredProbes().add(3_000_000);
		replica.failedProbes(ProbeFailure.Kind.TIMEOUT).add(500_000_000);
		assertThat(timer("scaling.monitor.probes", "answered", "node", "replica-1").totalTime(TimeUnit.MILLISECONDS))
			.isEqualTo(3);
		assertThat(timer("scaling.monitor.probes", "timeout", "node", "replica-1").count()).isOne();
		assertThat(timer("scaling.monitor.probes", "down", "node", "replica-1").count()).isZero();
		assertThat(timer("scaling.monitor.probes", "refused", "node", "replica-1").count()).isZero();
		assertThat(timer("scaling.monitor.probes", "answered", "node", "replica-2").count()).isZero();
	}

	@Test
	void decisionsOfPromotedNodeAreCounted() {
		this.cluster.count("replica-1", RoutingReason.READ_WRITE);
		this.cluster.count("replica-1", RoutingReason.READ_ONLY);
		this.cluster.count("replica-1", RoutingReason.READ_ONLY);
		assertThat(decisions("replica-1", "read-write")).isOne();
		assertThat(decisions("replica-1", "read-only")).isEqualTo(2);
		assertThat(decisions("primary", "read-write")).isZero();
	}

	@Test
	void nodesThatNobodyWatchesAreUp() {
		WatchedCluster unwatched = WatchedCluster.unwatched(0);
		MeterRegistry registry = bind(unwatched);
		assertThat(registry.get("scaling.node.up").gauge().value()).isOne();
		assertThat(registry.get("scaling.node.primary").gauge().value()).isOne();
		assertThat(registry.get("scaling.node.lag").timeGauge().value()).isNaN();
		assertThat(registry.get("scaling.node.timeline").gauge().value()).isNaN();
	}

	private static MeterRegistry bind(WatchedCluster cluster) {
		MeterRegistry registry = new SimpleMeterRegistry();
		new RoutingMetrics(cluster.clusters()).bindTo(registry);
		return registry;
	}

	private double value(String meter, String node) {
		return this.registry.get(meter).tags("cluster", "main", "node", node).gauge().value();
	}

	private double counter(String meter) {
		return this.registry.get(meter).tag("cluster", "main").functionCounter().count();
	}

	private FunctionTimer timer(String meter, String outcome, String... tags) {
		return this.registry.get(meter).tags("cluster", "main", "outcome", outcome).tags(tags).functionTimer();
	}

	private double decisions(String node, String reason) {
		return this.registry.get("scaling.routing.decisions")
			.tags("cluster", "main", "node", node, "reason", reason)
			.functionCounter()
			.count();
	}

	private Set<String> states(String node) {
		return this.registry.get("scaling.node.state")
			.tags("cluster", "main", "node", node)
			.gauges()
			.stream()
			.filter((gauge) -> gauge.value() == 1)
			.map(RoutingMetricsTests::state)
			.collect(Collectors.toSet());
	}

	private static String state(Gauge gauge) {
		return String.valueOf(gauge.getId().getTag("state"));
	}

}
