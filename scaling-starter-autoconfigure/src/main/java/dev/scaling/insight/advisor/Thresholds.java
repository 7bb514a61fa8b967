package dev.scaling.insight.advisor;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * From where on the {@link Advisor} finds something, and what only the operator knows.
 * Shares are numbers from 0 to 1. Immutable.
 *
 * @param readShare the share of reads from which on replicas help
 * @param highReadShare the share of reads from which on they help most
 * @param cacheHitRatio the share of blocks that have to be in PostgreSQL's cache
 * @param sequentialScans how many sequential scans of a table are fine
 * @param scannedRows how many rows a sequential scan may read; smaller tables are rightly
 * scanned
 * @param longStatement how long a statement may run
 * @param slowStatement how long a statement may take on average
 * @param profile for how long statistics have to be collected
 * @param poolSize PgBouncer's {@code default_pool_size}, unless the budget knows better
 * @param connectionShare the share of {@code max_connections} that may be used
 * @param saturation how many statements the server may execute at the same time for each
 * of its processors, on average
 * @param walRate the bytes of WAL in a second that are fine
 * @param requestedCheckpoints the share of checkpoints that WAL may force
 * @param deadRows the share of dead rows that a table may have
 * @param indexes how many indexes a table may have
 * @param partitionSize the size from which on a table that grows is worth partitions
 * @param cacheCalls how often a read has to be executed in a second to be worth a cache
 * @param unusedIndexSize the size from which on an unused index matters
 * @param storageHorizon for how long the storage has to be enough
 * @param acceptableLag how far behind a replica may be for the application, or
 * {@code null} if nobody has said
 * @param scaleUpExhausted whether the server is as large as it can be, or {@code null} if
 * nobody has said
 * @param processors how many processors the server has, or {@code null} if nobody has
 * said
 * @param storage how large the volume is, or {@code null} if nobody has said
 * @since 0.1.0
 */
public record Thresholds(double readShare, double highReadShare, double cacheHitRatio, long sequentialScans,
		long scannedRows, Duration longStatement, Duration slowStatement, Duration profile, int poolSize,
		double connectionShare, double saturation, DataSize walRate, double requestedCheckpoints, double deadRows,
		int indexes, DataSize partitionSize, double cacheCalls, DataSize unusedIndexSize, Duration storageHorizon,
		@Nullable Duration acceptableLag, @Nullable Boolean scaleUpExhausted, @Nullable Integer processors,
		@Nullable DataSize storage) {

	static final Duration DEFAULT_LAG = Duration.ofSeconds(1);

	static final int DEFAULT_PROCESSORS = 4;

	Duration lag() {
		return (this.acceptableLag != null) ? this.acceptableLag : DEFAULT_LAG;
	}

	/**
	 * How many statements at the same time, on average, are a saturated server.
	 */
	double busy() {
		return this.saturation * ((this.processors != null) ? this.processors : DEFAULT_PROCESSORS);
	}

}
