package dev.scaling.benchmarks.contender;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Benchmark for a read-only transaction with one select, on nodes that answer at once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 12, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters, then calls start
public class CallBenchmark {

	private static final long LONGEST_WARM_UP = TimeUnit.MINUTES.toNanos(1);

	private static final int REPLICAS = 2;

	@Param("")
	private String name;

	/**
	 * More properties of the application, as {@code name=value;name=value}.
	 */
	@Param("")
	private String properties;

	/**
	 * A number of calls instead of a time, so that a busy machine compiles as much.
	 */
	@Param("150000")
	private int warmUpCalls;

	/**
	 * How long all threads may call before they count, in seconds: each number of threads
	 * lets the compilers optimise anew.
	 */
	@Param("20")
	private int longestWarmUp;

	private ConfigurableApplicationContext application;

	private Contender contender;

	private Reader reader;

	private Queries queries;

	private TransactionTemplate transaction;

	@Setup
	public void start(BenchmarkParams benchmark) throws InterruptedException {
		Map<String, String> more = new HashMap<>();
		Arrays.stream(this.properties.split(";"))
			.filter((property) -> !property.isEmpty())
			.forEach((property) -> more.put(property.substring(0, property.indexOf('=')),
					property.substring(property.indexOf('=') + 1)));
		this.contender = ContenderApplication.contender(this.name);
		this.application = ContenderApplication.start(this.contender, Nodes.stub(REPLICAS), more);
		this.reader = this.application.getBean(Reader.class);
		this.queries = new Queries(this.application.getBean(JdbcTemplate.class));
		this.transaction = new TransactionTemplate(this.application.getBean(PlatformTransactionManager.class));
		this.transaction.setReadOnly(true);
		String method = benchmark.getBenchmark().substring(benchmark.getBenchmark().lastIndexOf('.') + 1);
		String expected = this.name.startsWith("bare") ? "primary" : "replica";
		long start = System.nanoTime();
		int calls = 0;
		while (calls < this.warmUpCalls || !node(method).startsWith(expected)) {
			template();
			annotation();
			session();
			calls++;
			if (calls >= this.warmUpCalls && System.nanoTime() - start > LONGEST_WARM_UP) {
				throw new IllegalStateException("%s reads from '%s'".formatted(this.name, node(method)));
			}
		}
		Compilation.settle(benchmark.getThreads(), this.longestWarmUp, () -> node(method));
	}

	private String node(String method) {
		return switch (method) {
			case "annotation" -> annotation();
			case "session" -> session();
			default -> template();
		};
	}

	@TearDown
	public void close() {
		this.application.close();
	}

	@Benchmark
	public String template() {
		return this.transaction.execute((status) -> this.queries.name(1));
	}

	@Benchmark
	public String annotation() {
		return this.reader.read(1);
	}

	/**
	 * A session for each call, as an HTTP request has one, where the contender has
	 * sessions.
	 * @return what was read
	 */
	@Benchmark
	public String session() {
		return this.contender.inSession(this::template);
	}

}
