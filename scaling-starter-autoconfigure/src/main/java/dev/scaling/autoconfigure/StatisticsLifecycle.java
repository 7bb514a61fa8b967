package dev.scaling.autoconfigure;

import dev.scaling.insight.statistics.StatisticsCollector;

import org.springframework.context.SmartLifecycle;

/**
 * Lets a {@link StatisticsCollector} work while the application runs.
 */
final class StatisticsLifecycle implements SmartLifecycle {

	private final StatisticsCollector collector;

	StatisticsLifecycle(StatisticsCollector collector) {
		this.collector = collector;
	}

	@Override
	public void start() {
		this.collector.start();
	}

	@Override
	public void stop() {
		this.collector.stop();
	}

	@Override
	public boolean isRunning() {
		return this.collector.isRunning();
	}

}
