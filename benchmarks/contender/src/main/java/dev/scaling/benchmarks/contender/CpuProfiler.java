package dev.scaling.benchmarks.contender;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Profiler for the processor time that a call takes on its own thread: unlike the time on
 * the clock it hardly changes when other processes use the machine.
 */
public final class CpuProfiler implements InternalProfiler {

	static final String TIME = "cpu.time.norm";

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private long start;

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		this.start = time();
	}

	@Override
	public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		double time = time() - this.start;
		return List.of(new ScalarResult(TIME, time / result.getMetadata().getAllOps(), "ns/op", AggregationPolicy.AVG));
	}

	private long time() {
		long time = 0;
		for (ThreadInfo thread : this.threads.getThreadInfo(this.threads.getAllThreadIds())) {
			if (thread != null && thread.getThreadName().contains("jmh-worker")) {
				time += Math.max(0, this.threads.getThreadCpuTime(thread.getThreadId()));
			}
		}
		return time;
	}

	@Override
	public String getDescription() {
		return "Processor time of a call";
	}

}
