package dev.scaling.benchmarks.contender;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * What the application took to start and what it takes while it does nothing: seconds
 * from the start of the process to the ready application ({@code start}), megabytes of
 * the heap that are in use after a collection ({@code heap}) and that the process has in
 * memory ({@code resident}), and, in {@code millis}, milliseconds of processor time a
 * second ({@code idle}).
 */
class ResourceWorkload implements Workload, ApplicationListener<ApplicationReadyEvent> {

	private static final double MEGABYTE = 1024 * 1024;

	private double start;

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		this.start = (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1e3;
	}

	@Override
	public Map<String, Double> run(Order order) throws IOException, InterruptedException {
		long millis = order.number("millis");
		double resident = resident();
		OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		long before = process.getProcessCpuTime();
		TimeUnit.MILLISECONDS.sleep(millis);
		double idle = (process.getProcessCpuTime() - before) / 1e6 / (millis / 1e3);
		System.gc();
		double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE;
		return Map.of("start", this.start, "heap", heap, "resident", resident, "idle", idle);
	}

	private static double resident() throws IOException {
		Path status = Path.of("/proc/self/status");
		if (!Files.exists(status)) {
			return Double.NaN;
		}
		try (var lines = Files.lines(status)) {
			return lines.filter((line) -> line.startsWith("VmRSS:"))
				.mapToDouble((line) -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
				.findFirst()
				.orElse(Double.NaN);
		}
	}

}
