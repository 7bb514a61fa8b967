package dev.scaling.benchmarks;

import java.util.concurrent.TimeUnit;

import dev.scaling.consistency.ConsistencySession;
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

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Benchmark for a read-only transaction with one select.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameter, then calls start
public class ReadOnlyCallBenchmark {

	/**
	 * A number of calls instead of a time, so that a busy machine compiles as much.
	 */
	private static final int WARM_UP_CALLS = 300_000;

	@Param
	private Variant variant;

	private ConfigurableApplicationContext application;

	private TemplateReader template;

	private AnnotatedReader annotated;

	@Setup
	public void start() {
		this.application = this.variant.start();
		this.template = this.application.getBean(TemplateReader.class);
		this.annotated = this.application.getBean(AnnotatedReader.class);
		for (int i = 0; i < WARM_UP_CALLS; i++) {
			template();
			annotation();
			session();
		}
	}

	@TearDown
	public void close() {
		this.application.close();
	}

	@Benchmark
	public String template() {
		return this.template.read();
	}

	@Benchmark
	public String annotation() {
		return this.annotated.read();
	}

	/**
	 * A session for each call, as an HTTP request has one, where the variant has
	 * sessions.
	 * @return what was read
	 */
	@Benchmark
	public String session() {
		return this.variant.hasSessions() ? ConsistencySession.open().call(this.template::read) : this.template.read();
	}

}
