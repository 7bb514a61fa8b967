package dev.scaling.starter.consistency.carrier;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import dev.scaling.consistency.Carrier;
import dev.scaling.starter.consistency.SharedCluster;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for clients whose requests are served by two instances in turn, while the
 * replicas are late.
 */
@ParameterizedClass
@EnumSource(names = { "COOKIE", "HEADER" })
class CarrierTests {

	private static final int ROUNDS = 200;

	private static final AtomicInteger accounts = new AtomicInteger(1000);

	private static PostgresCluster cluster;

	private static WebInstance one;

	private static WebInstance other;

	@Parameter
	Carrier carrier;

	private final int account = accounts.incrementAndGet();

	@BeforeParameterizedClassInvocation
	static void start(Carrier carrier) {
		cluster = SharedCluster.repaired();
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS entry",
				"CREATE TABLE entry (account int NOT NULL, value bigint NOT NULL)",
				"CREATE INDEX ON entry (account, value)");
		cluster.awaitReplication();
		String property = "scaling.consistency.carrier=" + carrier.name().toLowerCase(Locale.ROOT);
		one = WebInstance.start(cluster, property);
		other = WebInstance.start(cluster, property);
		cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofMillis(200)));
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		one.close();
		other.close();
		cluster.repair();
	}

	@Test
	void readThroughTheOtherInstanceSeesTheWrite() {
		assertThat(staleReads(new Client(this.carrier), "write", one, other, ROUNDS)).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "no-content", "error", "callable", "stream", "servlet" })
	void tokenIsThereHoweverTheResponseIsMade(String way) {
		assertThat(staleReads(new Client(this.carrier), way, one, other, ROUNDS / 4)).isZero();
	}

	/**
	 * What the other tests look for is there if nothing is carried.
	 */
	@Test
	void readOfAClientThatForgetsItsTokenIsStale() {
		assertThat(staleReads(new Client(Carrier.NONE), "write", one, other, ROUNDS)).isPositive();
	}

	@Test
	void replicasServeTheClientAgainWhenTheyHaveReplayedTheWrite() {
		Client client = new Client(this.carrier);
		client.get(one, write("write", 1));
		await().pollInSameThread().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(20)).until(() -> {
			Client.Answer answer = client.get(other, read());
			assertThat(answer.number()).isOne();
			return answer.route().orElseThrow().startsWith("replica-");
		});
	}

	@Test
	void clientNeverGoesBackInTime() throws Exception {
		AtomicBoolean done = new AtomicBoolean();
		Thread others = new Thread(() -> writeUntil(done));
		others.start();
		cluster.replica(2).replayDelay(Duration.ofMillis(400));
		try {
			Client client = new Client(this.carrier);
			client.get(one, write("write", 1));
			long latest = 1;
			for (int i = 0; i < 2 * ROUNDS; i++) {
				long value = client.get((i % 2 == 0) ? one : other, read()).number();
				assertThat(value).isGreaterThanOrEqualTo(latest);
				latest = value;
			}
			assertThat(latest).isGreaterThan(2);
		}
		finally {
			done.set(true);
			others.join();
			cluster.replica(2).replayDelay(Duration.ofMillis(200));
		}
	}

	/**
	 * Other clients write to the same account.
	 */
	private void writeUntil(AtomicBoolean done) {
		for (long value = 2; !done.get(); value++) {
			Sql.execute(cluster.primary(), "INSERT INTO entry VALUES (" + this.account + ", " + value + ")");
		}
	}

	@Test
	void clientThatHasNotWrittenGetsNothing() {
		Client client = new Client(this.carrier);
		for (int i = 0; i < 5; i++) {
			Client.Answer answer = client.get((i % 2 == 0) ? one : other, read());
			assertThat(answer.response().headers().map()).doesNotContainKeys("set-cookie", "scaling-session");
		}
		assertThat(client.tokens()).isEmpty();
	}

	/**
	 * The response of the older write arrives last, and must not hide the later one.
	 */
	@Test
	void readSeesBothWritesWhoseResponsesArriveReversed() {
		for (int round = 1; round <= 5; round++) {
			Client client = new Client(this.carrier);
			int first = accounts.incrementAndGet();
			int second = accounts.incrementAndGet();
			CompletableFuture<Client.Answer> older = client.send(one,
					"/write?account=" + first + "&value=1&gate=" + first);
			Gates.awaitRequest(Integer.toString(first));
			awaitReplayed();
			Client.Answer later = client.get(one, "/write?account=" + second + "&value=1");
			Gates.open(Integer.toString(first));
			String[] both = tokens(later, older.join());
			assertThat(client.get(other, "/read?account=" + second, both).number()).isOne();
			assertThat(client.get(other, "/read?account=" + first, both).number()).isOne();
		}
	}

	/**
	 * What a client adds that has had two responses at the same time: a cookie store
	 * keeps both cookies.
	 */
	private String[] tokens(Client.Answer... answers) {
		return (this.carrier == Carrier.HEADER)
				? new String[] { "Scaling-Session",
						Arrays.stream(answers).map(Client.Answer::token).collect(Collectors.joining(", ")) }
				: new String[0];
	}

	/**
	 * Waits until the other instance knows that the replicas have what the primary has.
	 */
	private static void awaitReplayed() {
		long position = Sql.number(cluster.primary(), "SELECT pg_current_wal_insert_lsn() - '0/0'");
		await().atMost(Duration.ofSeconds(10))
			.until(() -> other.topology()
				.replicas()
				.stream()
				.allMatch((replica) -> replica.progress().position() >= position));
	}

	@Test
	void clientHasOneTokenAfterManyWrites() {
		Client client = new Client(this.carrier);
		for (int i = 1; i <= 10; i++) {
			client.get((i % 2 == 0) ? one : other, write("write", i));
			assertThat(client.tokens()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "?", "1~x", "1~zzzzzzzz~main:1:7fffffffffffffff", "1~zzzzzzzz~main:7fffffff:1",
			"1~zzzzzzzz~main:?", "1~zzzzzzzz~*:?", "2~zzzzzzzz~main:1:1" })
	void forgedTokenIsServedByThePrimary(String token) throws Exception {
		Client client = new Client(Carrier.NONE);
		Client.Answer answer = client.get(one, read(), forged(token));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.route()).hasValue("primary");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1~zzzzzzzz~main:1:1", "1~1~main:1:7fffffffffffffff",
			"1~zzzzzzzz~main:zz:1:7fffffffffffffff", "1~zzzzzzzz~shard-7:1:7fffffffffffffff", "1~1~*:?" })
	void tokenThatAsksForNothingIsServedByAReplica(String token) throws Exception {
		Client client = new Client(Carrier.NONE);
		Client.Answer answer = client.get(one, read(), forged(token));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.route().orElseThrow()).startsWith("replica-");
	}

	private String[] forged(String token) {
		return (this.carrier == Carrier.HEADER) ? new String[] { "Scaling-Session", token }
				: new String[] { "Cookie", "a=b; Scaling-Session-forged=" + token };
	}

	private int staleReads(Client client, String way, WebInstance writer, WebInstance reader, int rounds) {
		int stale = 0;
		for (int value = 1; value <= rounds; value++) {
			Client.Answer written = client.get(writer, write(way, value));
			assertThat(written.status()).isIn(200, 204, 500);
			Client.Answer answer = client.get(reader, read());
			assertThat(answer.status()).isEqualTo(200);
			if (answer.number() != value) {
				stale++;
			}
		}
		return stale;
	}

	private String write(String way, int value) {
		return "/" + way + "?account=" + this.account + "&value=" + value;
	}

	private String read() {
		return "/read?account=" + this.account;
	}

}
