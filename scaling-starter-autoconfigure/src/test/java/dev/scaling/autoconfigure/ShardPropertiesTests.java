package dev.scaling.autoconfigure;

import java.time.LocalDate;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.ShardKeyException;
import dev.scaling.Shards;
import dev.scaling.actuate.endpoint.ScalingKeysEndpoint;
import dev.scaling.actuate.endpoint.ScalingKeysEndpoint.KeyShareDescriptor;
import dev.scaling.actuate.endpoint.ScalingKeysEndpoint.TrafficDescriptor;
import dev.scaling.metrics.KeyTrafficMetrics;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.sharding.KeyTraffic;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the properties of shards and keyspaces, without a database: nothing listens
 * on the ports.
 */
class ShardPropertiesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				ScalingConnectionDetailsAutoConfiguration.class, ScalingAutoConfiguration.class,
				ScalingShardingAutoConfiguration.class, ScalingMetricsAutoConfiguration.class,
				ScalingEndpointAutoConfiguration.class))
		.withPropertyValues("scaling.failover.start-without-primary=true", "scaling.failover.wait=0s",
				"scaling.shards.s0.primary.url=jdbc:postgresql://127.0.0.1:1/s0",
				"scaling.shards.s0.primary.username=zero",
				"scaling.shards.s0.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:1/s0",
				"scaling.shards.s1.primary.url=jdbc:postgresql://127.0.0.1:1/s1",
				"scaling.shards.s1.primary.pool.maximum-pool-size=3");

	private final ApplicationContextRunner hashed = this.contextRunner
		.withPropertyValues("scaling.keyspaces.users.shards=s0,s1", "management.endpoints.web.exposure.include=*");

	@Test
	void eachShardIsACluster() {
		this.hashed.withPropertyValues("scaling.primary.url=jdbc:postgresql://127.0.0.1:1/shop").run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(RoutingDataSource.class);
			assertThat(context.getBean(Clusters.class).all()).extracting(LiveTopology::cluster)
				.containsExactly("main", "s0", "s1");
			assertThat(context.getBeanNamesForType(DataSource.class)).containsExactlyInAnyOrder("dataSource",
					"primaryDataSource", "s0/primaryDataSource", "s0/replica-1DataSource", "s1/primaryDataSource");
			HikariDataSource replica = context.getBean("s0/replica-1DataSource", HikariDataSource.class);
			assertThat(replica.getPoolName()).isEqualTo("s0/replica-1");
			assertThat(replica.getUsername()).isEqualTo("zero");
			assertThat(replica.isReadOnly()).isTrue();
			HikariDataSource primary = context.getBean("s1/primaryDataSource", HikariDataSource.class);
			assertThat(primary.getMaximumPoolSize()).isEqualTo(3);
			assertThat(primary.isReadOnly()).isFalse();
		});
	}

	@Test
	void firstShardIsTheApplicationsDataSourceWhereNothingElseIs() {
		this.hashed.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(Clusters.class).all()).extracting(LiveTopology::cluster)
				.containsExactly("s0", "s1");
			assertThat(context.getBean("s0/primaryDataSource", HikariDataSource.class).getJdbcUrl())
				.isEqualTo("jdbc:postgresql://127.0.0.1:1/s0");
			assertThat(context.getBean(JdbcConnectionDetails.class).getUsername()).isEqualTo("zero");
		});
	}

	@Test
	void keysAreMapped() {
		this.hashed
			.withPropertyValues("scaling.keyspaces.events.strategy=range", "scaling.keyspaces.events.type=date",
					"scaling.keyspaces.events.ranges[0].name=old", "scaling.keyspaces.events.ranges[0].shard=s1",
					"scaling.keyspaces.events.ranges[0].to=2025-01-01", "scaling.keyspaces.events.ranges[1].name=new",
					"scaling.keyspaces.events.ranges[1].shard=s0", "scaling.keyspaces.events.ranges[1].from=2025-01-01",
					"scaling.keyspaces.names.strategy=consistent-hash", "scaling.keyspaces.names.shards=s0,s1",
					"scaling.keyspaces.names.weights.s0=0.5", "scaling.keyspaces.pg.function=postgresql",
					"scaling.keyspaces.pg.type=uuid", "scaling.keyspaces.pg.shards=s1,s0")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				Shards shards = context.getBean(Shards.class);
				assertThat(shards.of("users").locate(42L).shard()).isEqualTo("s0");
				assertThat(shards.of("events").locate(LocalDate.of(2024, 12, 31)).shard()).isEqualTo("s1");
				assertThat(shards.of("events").names()).containsExactly("s1", "s0");
				assertThat(shards.of("names").locate("ada").shard()).isIn("s0", "s1");
				assertThatExceptionOfType(ShardKeyException.class).isThrownBy(() -> shards.of("users").locate(1.5))
					.withMessageContaining("java.lang.Double");
				ScalingKeysEndpoint endpoint = context.getBean(ScalingKeysEndpoint.class);
				assertThat(endpoint.keyspaces().keyspaces()).containsOnlyKeys("users", "events", "names", "pg");
				assertThat(endpoint.key("users", "42"))
					.isEqualTo(new ScalingKeysEndpoint.KeyDescriptor("42", "number", "s0", null));
				assertThat(endpoint.key("events", "2024-12-31"))
					.isEqualTo(new ScalingKeysEndpoint.KeyDescriptor("2024-12-31", "localdate", "s1", null));
				assertThat(endpoint.key("users", "9223372036854775807").type()).isEqualTo("number");
				assertThat(endpoint.key("events", "never").reason()).contains("a LocalDate");
				assertThat(endpoint.key("nothing", "42")).isNull();
			});
	}

	@Test
	void keysThatGetMostOfTheWorkAreShown() {
		this.hashed.withPropertyValues("scaling.insight.hot-keys.sample=1").run((context) -> {
			Shards shards = context.getBean(Shards.class);
			ScalingKeysEndpoint endpoint = context.getBean(ScalingKeysEndpoint.class);
			assertThat(endpoint.keyspace("users").traffic()).isNull();
			for (long i = 0; i < 1000; i++) {
				shards.of("users").locate((i % 2 == 0) ? 42L : i);
				endpoint.key("users", "43");
			}
			TrafficDescriptor traffic = endpoint.keyspace("users").traffic();
			assertThat(traffic.hottest()).containsExactly(new KeyShareDescriptor("42", "s0", 0.5));
			assertThat(traffic.shards()).containsOnlyKeys("s0", "s1");
			MeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(KeyTrafficMetrics.class).bindTo(registry);
			assertThat(registry.get("scaling.keyspace.hottest.share").tag("keyspace", "users").gauge().value())
				.isEqualTo(0.5);
			assertThat(registry.get("scaling.keyspace.shard.share")
				.tag("keyspace", "users")
				.tag("shard", "s0")
				.gauge()
				.value()).isEqualTo(traffic.shards().get("s0"));
		});
	}

	@Test
	void nobodyLooksAtKeysWhereThatIsOff() {
		this.hashed.withPropertyValues("scaling.insight.hot-keys.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(KeyTraffic.class);
			assertThat(context.getBean(ScalingKeysEndpoint.class).keyspace("users").traffic()).isNull();
		});
		this.hashed.withPropertyValues("scaling.insight.hot-keys.sample=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasFieldOrPropertyWithValue("name", "scaling.insight.hot-keys.sample"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			textBlock = """
							scaling.keyspaces.users.shards=s0,s7                  ; scaling.keyspaces.users.shards  ; no such shard
							scaling.keyspaces.users.shards=s0,s0                  ; scaling.keyspaces.users.shards  ; listed twice
							scaling.keyspaces.users.strategy=hash                 ; scaling.keyspaces.users.shards  ; at least one shard
							scaling.keyspaces.users.shards=s0 scaling.keyspaces.users.strategy=magic ; scaling.keyspaces.users.strategy ; ShardingStrategy bean
							scaling.keyspaces.users.shards=s0 scaling.keyspaces.users.strategy=consistent-hash scaling.keyspaces.users.weights.s1=2 ; scaling.keyspaces.users.weights ; no such shard
							scaling.keyspaces.users.shards=s0 scaling.keyspaces.users.strategy=consistent-hash scaling.keyspaces.users.weights.s0=-1 ; scaling.keyspaces.users.weights ; weight
							scaling.keyspaces.users.shards=s0 scaling.keyspaces.users.strategy=range scaling.keyspaces.users.type=number ; scaling.keyspaces.users.ranges ; at least one range
							scaling.keyspaces.users.strategy=range scaling.keyspaces.users.type=number scaling.keyspaces.users.ranges[0].name=a scaling.keyspaces.users.ranges[0].shard=s0 scaling.keyspaces.users.ranges[0].to=5 scaling.keyspaces.users.ranges[1].name=b scaling.keyspaces.users.ranges[1].shard=s1 scaling.keyspaces.users.ranges[1].from=7 ; scaling.keyspaces.users.ranges ; gap
							scaling.keyspaces.users.shards=s0 scaling.keyspaces.users.strategy=range ; scaling.keyspaces.users.type ; which type
					scaling.keyspaces.users.shards=s0 scaling.keyspaces.users.function=postgresql ; scaling.keyspaces.users.type ; which type
					scaling.shards.main.primary.url=jdbc:postgresql://127.0.0.1:1/main ; scaling.shards.main ; is not 'main'
							scaling.shards.s2.replicas.r.url=jdbc:postgresql://127.0.0.1:1/s2  ; scaling.shards.s2.primary.url ; needs the JDBC URL
							""")
	void badPropertyIsNamed(String properties, String property, String reason) {
		this.contextRunner.withPropertyValues(properties.split(" "))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfies((ex) -> assertThat(ex.toString()).containsIgnoringCase(reason))
				.satisfies((ex) -> assertThat(ex).hasFieldOrPropertyWithValue("name", property)));
	}

	@Test
	void shardsOfAnotherEnvironmentAreNotUsedByAccident() {
		this.hashed.withPropertyValues("scaling.primary.url=jdbc:postgresql://127.0.0.1:1/shop")
			.withBean(JdbcConnectionDetails.class, TestDetails::new)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("another environment"));
	}

	private static final class TestDetails implements JdbcConnectionDetails {

		@Override
		public String getUsername() {
			return "test";
		}

		@Override
		public String getPassword() {
			return "test";
		}

		@Override
		public String getJdbcUrl() {
			return "jdbc:postgresql://127.0.0.1:1/test";
		}

	}

}
