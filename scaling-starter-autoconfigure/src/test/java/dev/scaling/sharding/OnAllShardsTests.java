package dev.scaling.sharding;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.scaling.GatherException;
import dev.scaling.OnAllShards;
import dev.scaling.RoutingContext;
import dev.scaling.ShardKey;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.Cacheable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link OnAllShardsInterceptor} and {@link OnAllShardsAdvisor}.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class OnAllShardsTests {

	private final Map<Integer, Integer> finished = new HashMap<>();

	private final GatherExecutor executor = new GatherExecutor(GatherOptions.defaults(), (shard) -> 1,
			(outcome, nanos, shards, failed) -> this.finished.merge(failed.size(), 1, Integer::sum));

	private final OnAllShardsAdvisor advisor = new OnAllShardsAdvisor(
			new OnAllShardsInterceptor(() -> this.executor, (keyspace) -> switch (keyspace) {
				case "" -> List.of("shard-0", "shard-1", "shard-2");
				case "events" -> List.of("shard-7");
				default -> throw new IllegalArgumentException(keyspace);
			}));

	private final Shop target = new Shop();

	private final AtomicInteger advised = new AtomicInteger();

	private Shop shop;

	@BeforeEach
	void createProxy() {
		ProxyFactory factory = new ProxyFactory(this.target);
		factory.setProxyTargetClass(true);
		factory.addAdvisor(this.advisor);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			if (RoutingContext.current() != null) {
				this.advised.incrementAndGet();
				assertThat(ExposeInvocationInterceptor.currentInvocation().getArguments())
					.isEqualTo(invocation.getArguments());
			}
			return invocation.proceed();
		});
		this.shop = (Shop) factory.getProxy();
	}

	@AfterEach
	void close() {
		this.target.released.countDown();
		await().until(() -> this.executor.running() == 0);
		this.executor.close();
	}

	@Test
	void resultsArePutTogether() {
		assertThat(this.shop.list("a")).containsExactly("a of shard-0", "same", "a of shard-1", "same", "a of shard-2",
				"same");
		assertThat(this.shop.collection()).containsExactly("shard-0", "shard-1", "shard-2");
		assertThat(this.shop.set("a")).containsExactly("a of shard-0", "same", "a of shard-1", "a of shard-2");
		assertThat(this.shop.map(false)).isEqualTo(Map.of("shard-0", 1, "shard-1", 1, "shard-2", 1));
		this.advised.set(0);
		assertThat(this.shop.count()).isEqualTo(3L);
		assertThat(this.advised).as("interceptors are called for each shard").hasValue(3);
		assertThat(this.shop.number(5)).isEqualTo(15);
		assertThat(this.shop.nothing()).isNull();
		assertThat(this.shop.boxed()).isEqualTo(8L);
		assertThat(this.shop.nullLists()).isEmpty();
		this.shop.touch();
		assertThat(this.target.touched).containsOnlyKeys("shard-0", "shard-1", "shard-2");
		assertThat(this.shop.events()).containsExactly("shard-7");
		assertThat(this.shop.plain()).isEqualTo("nowhere");
	}

	@Test
	void resultsThatDoNotFitTogetherAreAnError() {
		assertThatIllegalStateException().isThrownBy(() -> this.shop.map(true))
			.withMessage("The results of shard-0 and shard-1 both have the key same, so their maps cannot become one");
		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> this.shop.number(Integer.MAX_VALUE));
	}

	@Test
	void failureOfAShardIsThrown() {
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> this.shop.failing(Set.of("shard-1")))
			.withMessageContaining("shard-1 failed (java.sql.SQLException: of shard-1)")
			.withCauseInstanceOf(SQLException.class);
	}

	@Test
	void partialResultIsCountedAndLoggedOnce(CapturedOutput output) throws SQLException {
		for (int call = 0; call < 5; call++) {
			assertThat(this.shop.partial(Set.of("shard-1"))).isEqualTo(2);
		}
		assertThat(output.toString().split("Shop.partial lacks shard-1", -1)).hasSize(2);
		assertThat(output).contains("WARN");
		assertThat(this.finished).containsEntry(1, 5);
		assertThatExceptionOfType(GatherException.class)
			.isThrownBy(() -> this.shop.partial(Set.of("shard-0", "shard-1", "shard-2")));
	}

	@Test
	void timeoutIsTheOneOfTheAnnotation() {
		assertThatExceptionOfType(GatherException.class).isThrownBy(() -> this.shop.slow())
			.withMessageStartingWith("Work on 3 shards has not ended within 20 ms");
	}

	@ParameterizedTest
	@ValueSource(classes = { Streaming.class, Flag.class, Wrapped.class })
	void typeThatCannotBePutTogetherIsRefusedWhenTheProxyIsMade(Class<?> type) {
		assertThatIllegalStateException().isThrownBy(() -> AopUtils.canApply((Advisor) this.advisor, type))
			.withMessageContainingAll(type.getName() + ".find has @OnAllShards, but returns",
					"Supported are Collection, List, Set, Map, long, int, Long, Integer and void", "Shards.gather");
	}

	@Test
	void contradictionsAreRefusedWhenTheProxyIsMade() {
		assertThatIllegalStateException().isThrownBy(() -> AopUtils.canApply((Advisor) this.advisor, Keyed.class))
			.withMessageContaining("Keyed.find has @OnAllShards and @ShardKey");
		assertThatIllegalStateException().isThrownBy(() -> AopUtils.canApply((Advisor) this.advisor, Cached.class))
			.withMessageContaining("Cached.find has @OnAllShards and is cached");
		assertThatIllegalStateException().isThrownBy(() -> AopUtils.canApply((Advisor) this.advisor, Timeless.class))
			.withMessageContaining("The timeout 'soon' of @OnAllShards at method");
		assertThat(AopUtils.canApply((Advisor) this.advisor, String.class)).isFalse();
	}

	@Test
	void annotationOfAnInterfaceCounts() {
		ProxyFactory factory = new ProxyFactory();
		factory.setInterfaces(Counter.class);
		factory.setTarget((Counter) () -> Duration.ofSeconds(1).toSeconds());
		factory.addAdvisor(this.advisor);
		assertThat(((Counter) factory.getProxy()).count()).isEqualTo(3);
	}

	@Test
	void typeArgumentOfAnInterfaceCounts() {
		assertThat(AopUtils.canApply((Advisor) this.advisor, NumberSource.class)).isTrue();
	}

	static class Shop {

		final Map<String, Integer> touched = new ConcurrentHashMap<>();

		final CountDownLatch released = new CountDownLatch(1);

		@OnAllShards
		List<String> list(String prefix) {
			return List.of(prefix + " of " + shard(), "same");
		}

		@OnAllShards
		Collection<String> collection() {
			return Set.of(shard());
		}

		@OnAllShards
		Set<String> set(String prefix) {
			return new LinkedHashSet<>(list(prefix));
		}

		@OnAllShards
		Map<String, Integer> map(boolean same) {
			return Map.of(same ? "same" : shard(), 1);
		}

		@OnAllShards
		long count() {
			return 1;
		}

		@OnAllShards
		int number(int value) {
			return value;
		}

		@OnAllShards
		Integer nothing() {
			return null;
		}

		@OnAllShards
		List<String> nullLists() {
			return null;
		}

		@OnAllShards
		Long boxed() {
			return shard().equals("shard-1") ? null : 4L;
		}

		@OnAllShards
		void touch() {
			this.touched.put(shard(), 1);
		}

		@OnAllShards(keyspace = "events")
		List<String> events() {
			return List.of(shard());
		}

		@OnAllShards
		int failing(Set<String> shards) throws SQLException {
			return fail(shards);
		}

		@OnAllShards(partial = true)
		int partial(Set<String> shards) throws SQLException {
			return fail(shards);
		}

		@OnAllShards(timeout = "20ms")
		void slow() throws InterruptedException {
			this.released.await();
		}

		String plain() {
			return shard();
		}

		private int fail(Set<String> shards) throws SQLException {
			if (shards.contains(shard())) {
				throw new SQLException("of " + shard());
			}
			return 1;
		}

		private static String shard() {
			RoutingContext context = RoutingContext.current();
			return (context != null) ? context.target().shard() : "nowhere";
		}

	}

	interface Counter {

		@OnAllShards
		long count();

	}

	interface Source<T> {

		@OnAllShards
		T find();

	}

	static class NumberSource implements Source<List<Integer>> {

		@Override
		public List<Integer> find() {
			return List.of();
		}

	}

	static class Streaming {

		@OnAllShards
		Stream<String> find() {
			return Stream.of();
		}

	}

	static class Flag {

		@OnAllShards
		boolean find() {
			return true;
		}

	}

	static class Wrapped {

		@OnAllShards
		Optional<String> find() {
			return Optional.empty();
		}

	}

	static class Keyed {

		@OnAllShards
		long find(@ShardKey long id) {
			return id;
		}

	}

	static class Cached {

		@OnAllShards
		@Cacheable("numbers")
		long find() {
			return 1;
		}

	}

	static class Timeless {

		@OnAllShards(timeout = "soon")
		long find() {
			return 1;
		}

	}

}
