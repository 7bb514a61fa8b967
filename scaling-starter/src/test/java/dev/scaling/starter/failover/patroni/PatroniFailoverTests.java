package dev.scaling.starter.failover.patroni;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.adoption.EnableJdbcAutoConfiguration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application on a cluster that Patroni runs: it goes on with the leader
 * that Patroni makes, and nobody tells it.
 */
@EnabledIf(value = "dev.scaling.starter.failover.patroni.PatroniCluster#isInstalled",
		disabledReason = "Debian's packages patroni, etcd-server and postgresql-15 are not installed")
class PatroniFailoverTests {

	private static final Duration FAILOVER = Duration.ofSeconds(90);

	/**
	 * Less than a caller waits for a connection to a server that is gone.
	 */
	private static final Duration WRITES_FOLLOW = Duration.ofSeconds(3);

	private static final Duration LONGEST_TIME_WITHOUT_READ = Duration.ofSeconds(3);

	private static final int RECENT_WRITES = 20;

	private static final int RECENT_READS = 100;

	private static PatroniCluster cluster;

	@BeforeAll
	static void startCluster() throws Exception {
		cluster = PatroniCluster.start();
	}

	@AfterAll
	static void stopCluster() throws Exception {
		if (cluster != null) {
			cluster.close();
		}
	}

	@Test
	void crashOfTheLeaderLosesNothingAndStopsNoReads() throws Throwable {
		PatroniNode leader = cluster.leader();
		assertFollowed(leader, leader::kill, leader::start);
	}

	@Test
	void plannedSwitchoverLosesNothingAndStopsNoReads() throws Throwable {
		PatroniNode leader = cluster.leader();
		assertFollowed(leader, leader::switchOver, () -> {
		});
	}

	@Test
	void parametersOfThePageAreInForce() throws Exception {
		Map<String, Object> parameters = PatroniYaml.ofThePage().map("bootstrap.dcs.postgresql.parameters");
		assertThat(parameters).isNotEmpty();
		for (PatroniNode node : cluster.nodes()) {
			assertThat(parameters).allSatisfy((name,
					value) -> assertThat(node.jdbc().queryForObject("SELECT current_setting(?)", String.class, name))
						.as(name)
						.isEqualTo(String.valueOf(value)));
		}
	}

	private static void assertFollowed(PatroniNode former, ThrowingCallable fault, ThrowingCallable repair)
			throws Throwable {
		try (ConfigurableApplicationContext application = run(); Traffic traffic = new Traffic(application)) {
			awaitWritesOn(former, traffic, FAILOVER);
			awaitReadsOn(cluster.replicas(), traffic);
			fault.call();
			PatroniNode leader = awaitOtherLeader(former);
			awaitWritesOn(leader, traffic, WRITES_FOLLOW);
			repair.call();
			cluster.awaitComplete();
			assertThat(cluster.replicas()).contains(former);
			awaitReadsOn(cluster.replicas(), traffic);
			traffic.close();
			assertNothingIsLost(traffic, leader);
			assertReadsWentOn(traffic);
		}
	}

	private static ConfigurableApplicationContext run() {
		JdbcTemplate jdbc = cluster.leader().jdbc();
		jdbc.execute("DROP TABLE IF EXISTS visit");
		jdbc.execute("CREATE TABLE visit (number int)");
		return Applications.run(Application.class, nodes());
	}

	/**
	 * The nodes as the configuration of the application lists them, which does not change
	 * any more.
	 */
	private static Map<String, Object> nodes() {
		Map<String, Object> nodes = new LinkedHashMap<>();
		nodes.put("spring.datasource.url", cluster.leader().jdbcUrl());
		nodes.put("spring.datasource.username", PatroniNode.USERNAME);
		nodes.put("spring.datasource.password", PatroniNode.PASSWORD);
		List<PatroniNode> replicas = cluster.replicas();
		for (int i = 0; i < replicas.size(); i++) {
			nodes.put("scaling.replicas.replica-" + (i + 1) + ".url", replicas.get(i).jdbcUrl());
		}
		return nodes;
	}

	private static PatroniNode awaitOtherLeader(PatroniNode former) {
		return Awaitility.await()
			.atMost(FAILOVER)
			.ignoreExceptions()
			.until(cluster::leader, (leader) -> leader != former);
	}

	private static void awaitWritesOn(PatroniNode node, Traffic traffic, Duration limit) {
		Awaitility.await()
			.atMost(limit)
			.untilAsserted(() -> assertThat(last(RECENT_WRITES, traffic.writes())).as("ports that took writes")
				.containsOnly(node.port()));
	}

	private static void awaitReadsOn(List<PatroniNode> nodes, Traffic traffic) {
		Integer[] ports = nodes.stream().map(PatroniNode::port).toArray(Integer[]::new);
		Awaitility.await()
			.atMost(FAILOVER)
			.untilAsserted(() -> assertThat(last(RECENT_READS, traffic.reads())).as("ports that served reads")
				.containsOnly(ports));
	}

	private static List<@Nullable Integer> last(int number, List<Traffic.Call> calls) {
		return calls.subList(Math.max(0, calls.size() - number), calls.size())
			.stream()
			.map(Traffic.Call::result)
			.toList();
	}

	private static void assertNothingIsLost(Traffic traffic, PatroniNode leader) {
		List<Object> acknowledged = traffic.writes()
			.stream()
			.filter(Traffic.Call::succeeded)
			.flatMap((write) -> write.arguments().stream())
			.toList();
		assertThat(leader.jdbc().queryForList("SELECT number FROM visit", Object.class)).as("writes that are there")
			.doesNotHaveDuplicates()
			.containsAll(acknowledged);
		assertThat(traffic.unseen()).as("writes that their user did not see").isEmpty();
	}

	/**
	 * A reader has at most one call on a node when the node goes, and notices nothing of
	 * the failover but that.
	 */
	private static void assertReadsWentOn(Traffic traffic) {
		assertThat(traffic.reads()).filteredOn((read) -> !read.succeeded())
			.as("reads that failed")
			.hasSizeLessThanOrEqualTo(Traffic.READERS);
		List<Long> ends = traffic.reads()
			.stream()
			.filter(Traffic.Call::succeeded)
			.map(Traffic.Call::end)
			.sorted()
			.toList();
		assertThat(IntStream.range(1, ends.size())).as("reads that ended long after the one before")
			.noneMatch((i) -> ends.get(i) - ends.get(i - 1) > LONGEST_TIME_WITHOUT_READ.toNanos());
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableJdbcAutoConfiguration
	static class Application {

	}

}
