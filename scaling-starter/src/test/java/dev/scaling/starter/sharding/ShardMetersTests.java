package dev.scaling.starter.sharding;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.scaling.GatherException;
import dev.scaling.ShardDirectory;
import dev.scaling.Shards;
import dev.scaling.consistency.Carrier;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.servlet.ConsistencySessionFilter;
import dev.scaling.metrics.ScalingMeters;
import dev.scaling.routing.Clusters;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the meters of work on many shards and of directories.
 */
@Timeout(60)
class ShardMetersTests {

	private static ConfigurableApplicationContext context;

	private static MeterRegistry meters;

	private static Shards shards;

	@BeforeAll
	static void start() {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "CREATE TABLE metered (id bigint PRIMARY KEY, tenant text NOT NULL)");
		}
		context = ShardServers.run(Application.class, "scaling.keyspaces.metered.strategy=directory",
				"scaling.keyspaces.metered.shards=shard-0,shard-1",
				"scaling.keyspaces.metered.directory.unknown-keys=assign",
				"scaling.keyspaces.metered.directory.cache-size=10", "scaling.keyspaces.metered.tables.metered=tenant");
		meters = context.getBean(MeterRegistry.class);
		shards = context.getBean(Shards.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "DROP TABLE metered");
		}
	}

	@Test
	void metersAreThoseThatAreDocumented() {
		for (ScalingMeters documented : ScalingMeters.values()) {
			if (documented.getName().startsWith("scaling.server.")) {
				continue;
			}
			assertThat(meters.get(documented.getName()).meters()).allSatisfy((meter) -> {
				assertThat(meter.getId().getType()).isEqualTo(documented.getType());
				assertThat(meter.getId().getBaseUnit()).isEqualTo(documented.getBaseUnit());
				assertThat(meter.getId().getDescription()).isNotEmpty();
				assertThat(meter.getId().getTags()).extracting(Tag::getKey)
					.containsExactlyInAnyOrder(
							Arrays.stream(documented.getKeyNames()).map(KeyName::asString).toArray(String[]::new));
			});
		}
		assertThat(meters.getMeters().stream().map(Meter::getId).map(Meter.Id::getName))
			.filteredOn((name) -> name.startsWith("scaling."))
			.isSubsetOf(Arrays.stream(ScalingMeters.values()).map(ScalingMeters::getName).collect(Collectors.toSet()));
	}

	@Test
	void poolsOfAllNodesTellHowLongWorkWaitsForAConnectionAndHoldsIt() {
		List<String> nodes = context.getBean(Clusters.class)
			.all()
			.stream()
			.flatMap((topology) -> topology.pools().stream())
			.map((pool) -> pool.node().id())
			.toList();
		assertThat(nodes).contains("primary", "shard-0/primary", "shard-1/primary").hasSizeGreaterThan(3);
		for (String node : nodes) {
			assertThat(meters.get("hikaricp.connections.acquire").tag("pool", node).timer()).as(node).isNotNull();
			assertThat(meters.get("hikaricp.connections.pending").tag("pool", node).gauge().value()).as(node).isZero();
		}
		long acquired = poolTimer("acquire", "shard-1/primary").count();
		long used = poolTimer("usage", "shard-1/primary").count();
		shards.runOn("shard-1", () -> context.getBean(JdbcClient.class).sql("SELECT 1").query(Integer.class).single());
		assertThat(poolTimer("acquire", "shard-1/primary").count()).isEqualTo(acquired + 1);
		assertThat(poolTimer("usage", "shard-1/primary").count()).isEqualTo(used + 1);
	}

	@Test
	void gathersAreTimedByWhatTheirCallersGot() {
		Map<String, Long> before = gathers();
		double failures = failures("shard-1");
		double others = failures("shard-0");
		shards.gather((shard) -> shard).list();
		shards.gather(ShardMetersTests::failOnShard1).partial((shard, error) -> {
		}).list();
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> shards.gather(ShardMetersTests::failOnShard1).list());
		shards.gatherSorted(Comparator.<Long>naturalOrder(), (shard, rows) -> rows.accept(1L)).list(0, 10);
		assertThat(gathers()).isEqualTo(Map.of("complete", before.get("complete") + 2, "partial",
				before.get("partial") + 1, "failed", before.get("failed") + 1));
		assertThat(failures("shard-1") - failures).isEqualTo(2);
		assertThat(failures("shard-0") - others).isZero();
		assertThat(meters.get("scaling.gathers").tag("outcome", "complete").timer().totalTime(TimeUnit.NANOSECONDS))
			.isPositive();
	}

	@Test
	void mergeWhoseConsumerFailsHasFailed() {
		Map<String, Long> before = gathers();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> shards.gatherSorted(Comparator.<Long>naturalOrder(), (shard, rows) -> rows.accept(1L))
				.forEach((row) -> {
					throw new IllegalStateException("full");
				}));
		assertThat(gathers().get("failed")).isEqualTo(before.get("failed") + 1);
		assertThat(gathers().get("complete")).isEqualTo(before.get("complete"));
	}

	@Test
	void branchesAreThoseOfTheMoment() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			Future<List<String>> gather = thread.submit(() -> shards.gather((shard) -> {
				if (shard.equals("shard-0")) {
					awaitUninterruptibly(release);
				}
				return shard;
			}).withTimeout(Duration.ofSeconds(1)).partial((shard, error) -> {
			}).list());
			await().untilAsserted(() -> assertThat(gauge("running", "shard-0")).isOne());
			assertThat(gather.get(30, TimeUnit.SECONDS)).containsExactly("shard-1");
			assertThat(gauge("running", "shard-0")).isOne();
			assertThat(gauge("abandoned", "shard-0")).isOne();
			assertThat(gauge("abandoned", "shard-1")).isZero();
			assertThat(gauge("waiting", "shard-0")).isZero();
		}
		finally {
			release.countDown();
			thread.shutdown();
		}
		await().untilAsserted(() -> assertThat(gauge("running", "shard-0") + gauge("abandoned", "shard-0")).isZero());
	}

	@Test
	void directoryIsMeasured() {
		for (int i = 0; i < 100; i++) {
			shards.locate("tenant-" + i);
		}
		assertThat(lookups("miss")).isGreaterThanOrEqualTo(100);
		double hits = lookups("hit");
		await().untilAsserted(() -> {
			shards.locate("another");
			assertThat(lookups("hit")).isGreaterThan(hits);
		});
		await().untilAsserted(() -> {
			shards.locate("another");
			assertThat(meters.get("scaling.directory.size").gauge().value()).isBetween(1.0, 12.0);
			assertThat(meters.get("scaling.directory.evictions").functionCounter().count()).isPositive();
		});
		double changes = meters.get("scaling.directory.changes").functionCounter().count();
		ShardDirectory directory = shards.directory();
		directory.assign("heard", "shard-0");
		directory.move("heard", "shard-1");
		await().until(() -> meters.get("scaling.directory.changes").functionCounter().count() > changes);
		await().until(() -> meters.get("scaling.directory.silence").timeGauge().value(TimeUnit.MILLISECONDS) < 10_000);
	}

	private static String failOnShard1(String shard) {
		if (shard.equals("shard-1")) {
			throw new IllegalStateException("broken");
		}
		return shard;
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		boolean interrupted = false;
		while (true) {
			try {
				latch.await();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private static Map<String, Long> gathers() {
		return meters.get("scaling.gathers")
			.timers()
			.stream()
			.collect(Collectors.toMap((timer) -> timer.getId().getTag("outcome"), (timer) -> timer.count()));
	}

	private static double failures(String shard) {
		return meters.get("scaling.gather.failures").tag("cluster", shard).functionCounter().count();
	}

	private static double gauge(String name, String shard) {
		return meters.get("scaling.gather." + name).tag("cluster", shard).gauge().value();
	}

	private static Timer poolTimer(String name, String pool) {
		return meters.get("hikaricp.connections." + name).tag("pool", pool).timer();
	}

	private static double lookups(String result) {
		return meters.get("scaling.directory.lookups").tag("result", result).functionCounter().count();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		ConsistencySessionFilter consistencySessionFilter() {
			return new ConsistencySessionFilter(Carrier.HEADER, ConsistencyMode.SESSION, Duration.ofSeconds(30),
					List::of);
		}

	}

}
