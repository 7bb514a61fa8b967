package dev.scaling.autoconfigure;

import java.time.Duration;

import dev.scaling.insight.advisor.Thresholds;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the scaling advisor: from where on it finds something, and
 * what no query can tell it.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("scaling.advisor")
public class ScalingAdvisorProperties {

	/**
	 * Share of reads in the load of a primary from which on replicas help, from 0 to 1.
	 */
	private double readShare = 0.8;

	/**
	 * Share of reads in the load of a primary from which on replicas help most, from 0 to
	 * 1.
	 */
	private double highReadShare = 0.95;

	/**
	 * Share of blocks that PostgreSQL has to find in its cache, from 0 to 1.
	 */
	private double cacheHitRatio = 0.95;

	/**
	 * How many sequential scans of a table are fine.
	 */
	private long sequentialScans = 100;

	/**
	 * How many rows a sequential scan may read without counting: small tables are rightly
	 * scanned.
	 */
	private long scannedRows = 1000;

	/**
	 * How long a statement may run.
	 */
	private Duration longStatement = Duration.ofSeconds(5);

	/**
	 * How long a statement may take on average.
	 */
	private Duration slowStatement = Duration.ofMillis(100);

	/**
	 * For how long statistics have to be collected before findings are sure.
	 */
	private Duration profile = Duration.ofHours(24);

	/**
	 * Size of the pools of PgBouncer to recommend, unless the connection budget has less.
	 */
	private int defaultPoolSize = 50;

	/**
	 * Share of max_connections that may be in use, from 0 to 1.
	 */
	private double connectionShare = 0.8;

	/**
	 * How many statements a server may execute at the same time for each of its
	 * processors, on average.
	 */
	private double saturation = 0.7;

	/**
	 * WAL that a primary may write in a second.
	 */
	private DataSize walRate = DataSize.ofMegabytes(50);

	/**
	 * Share of checkpoints that WAL may force, from 0 to 1.
	 */
	private double requestedCheckpoints = 0.5;

	/**
	 * Share of dead rows that a table may have, from 0 to 1.
	 */
	private double deadRows = 0.2;

	/**
	 * How many indexes a table may have that is written.
	 */
	private int indexes = 10;

	/**
	 * Size with indexes from which on a table that grows is worth partitions.
	 */
	private DataSize partitionSize = DataSize.ofGigabytes(10);

	/**
	 * How often a read of rows that hardly change has to be executed in a second to be
	 * worth a cache.
	 */
	private double cacheCalls = 100;

	/**
	 * Size from which on an unused index matters.
	 */
	private DataSize unusedIndexSize = DataSize.ofMegabytes(10);

	/**
	 * For how long the storage has to be enough.
	 */
	private Duration storageHorizon = Duration.ofDays(90);

	/**
	 * Share of the work of a keyspace that one key may get, from 0 to 1.
	 */
	private double hotKeyShare = 0.3;

	/**
	 * How far behind a replica may be for the application. No query can tell: 1 second is
	 * assumed. 0 means that no replica will do.
	 */
	private @Nullable Duration acceptableLag;

	/**
	 * Whether there is no larger server to be had. No query can tell: false is assumed.
	 */
	private @Nullable Boolean scaleUpExhausted;

	/**
	 * How many processors a server has. No query can tell: 4 is assumed.
	 */
	private @Nullable Integer processors;

	/**
	 * How large the volume of a primary is. No query can tell: without it nobody looks
	 * when it will be full.
	 */
	private @Nullable DataSize storage;

	public double getHotKeyShare() {
		return this.hotKeyShare;
	}

	public void setHotKeyShare(double hotKeyShare) {
		this.hotKeyShare = hotKeyShare;
	}

	public double getReadShare() {
		return this.readShare;
	}

	public void setReadShare(double readShare) {
		this.readShare = readShare;
	}

	public double getHighReadShare() {
		return this.highReadShare;
	}

	public void setHighReadShare(double highReadShare) {
		this.highReadShare = highReadShare;
	}

	public double getCacheHitRatio() {
		return this.cacheHitRatio;
	}

	public void setCacheHitRatio(double cacheHitRatio) {
		this.cacheHitRatio = cacheHitRatio;
	}

	public long getSequentialScans() {
		return this.sequentialScans;
	}

	public void setSequentialScans(long sequentialScans) {
		this.sequentialScans = sequentialScans;
	}

	public long getScannedRows() {
		return this.scannedRows;
	}

	public void setScannedRows(long scannedRows) {
		this.scannedRows = scannedRows;
	}

	public Duration getLongStatement() {
		return this.longStatement;
	}

	public void setLongStatement(Duration longStatement) {
		this.longStatement = longStatement;
	}

	public Duration getSlowStatement() {
		return this.slowStatement;
	}

	public void setSlowStatement(Duration slowStatement) {
		this.slowStatement = slowStatement;
	}

	public Duration getProfile() {
		return this.profile;
	}

	public void setProfile(Duration profile) {
		this.profile = profile;
	}

	public int getDefaultPoolSize() {
		return this.defaultPoolSize;
	}

	public void setDefaultPoolSize(int defaultPoolSize) {
		this.defaultPoolSize = defaultPoolSize;
	}

	public double getConnectionShare() {
		return this.connectionShare;
	}

	public void setConnectionShare(double connectionShare) {
		this.connectionShare = connectionShare;
	}

	public double getSaturation() {
		return this.saturation;
	}

	public void setSaturation(double saturation) {
		this.saturation = saturation;
	}

	public DataSize getWalRate() {
		return this.walRate;
	}

	public void setWalRate(DataSize walRate) {
		this.walRate = walRate;
	}

	public double getRequestedCheckpoints() {
		return this.requestedCheckpoints;
	}

	public void setRequestedCheckpoints(double requestedCheckpoints) {
		this.requestedCheckpoints = requestedCheckpoints;
	}

	public double getDeadRows() {
		return this.deadRows;
	}

	public void setDeadRows(double deadRows) {
		this.deadRows = deadRows;
	}

	public int getIndexes() {
		return this.indexes;
	}

	public void setIndexes(int indexes) {
		this.indexes = indexes;
	}

	public DataSize getPartitionSize() {
		return this.partitionSize;
	}

	public void setPartitionSize(DataSize partitionSize) {
		this.partitionSize = partitionSize;
	}

	public double getCacheCalls() {
		return this.cacheCalls;
	}

	public void setCacheCalls(double cacheCalls) {
		this.cacheCalls = cacheCalls;
	}

	public DataSize getUnusedIndexSize() {
		return this.unusedIndexSize;
	}

	public void setUnusedIndexSize(DataSize unusedIndexSize) {
		this.unusedIndexSize = unusedIndexSize;
	}

	public Duration getStorageHorizon() {
		return this.storageHorizon;
	}

	public void setStorageHorizon(Duration storageHorizon) {
		this.storageHorizon = storageHorizon;
	}

	public @Nullable Duration getAcceptableLag() {
		return this.acceptableLag;
	}

	public void setAcceptableLag(@Nullable Duration acceptableLag) {
		this.acceptableLag = acceptableLag;
	}

	public @Nullable Boolean getScaleUpExhausted() {
		return this.scaleUpExhausted;
	}

	public void setScaleUpExhausted(@Nullable Boolean scaleUpExhausted) {
		this.scaleUpExhausted = scaleUpExhausted;
	}

	public @Nullable Integer getProcessors() {
		return this.processors;
	}

	public void setProcessors(@Nullable Integer processors) {
		this.processors = processors;
	}

	public @Nullable DataSize getStorage() {
		return this.storage;
	}

	public void setStorage(@Nullable DataSize storage) {
		this.storage = storage;
	}

	Thresholds thresholds() {
		checkShare("read-share", this.readShare);
		checkShare("high-read-share", this.highReadShare);
		checkShare("cache-hit-ratio", this.cacheHitRatio);
		checkShare("connection-share", this.connectionShare);
		checkShare("requested-checkpoints", this.requestedCheckpoints);
		checkShare("dead-rows", this.deadRows);
		checkShare("hot-key-share", this.hotKeyShare);
		checkNotNegative("sequential-scans", this.sequentialScans);
		checkNotNegative("scanned-rows", this.scannedRows);
		checkNotNegative("indexes", this.indexes);
		checkNotNegative("long-statement", this.longStatement);
		checkNotNegative("slow-statement", this.slowStatement);
		checkNotNegative("profile", this.profile);
		checkNotNegative("storage-horizon", this.storageHorizon);
		checkPositive("default-pool-size", this.defaultPoolSize);
		checkPositive("saturation", this.saturation);
		checkPositive("cache-calls", this.cacheCalls);
		checkPositive("wal-rate", this.walRate.toBytes());
		checkPositive("partition-size", this.partitionSize.toBytes());
		if (this.unusedIndexSize.isNegative()) {
			throw invalid("unused-index-size", this.unusedIndexSize, "It must not be negative.");
		}
		if (this.acceptableLag != null) {
			checkNotNegative("acceptable-lag", this.acceptableLag);
		}
		if (this.processors != null) {
			checkPositive("processors", this.processors);
		}
		if (this.storage != null) {
			checkPositive("storage", this.storage.toBytes());
		}
		return new Thresholds(this.readShare, this.highReadShare, this.cacheHitRatio, this.sequentialScans,
				this.scannedRows, this.longStatement, this.slowStatement, this.profile, this.defaultPoolSize,
				this.connectionShare, this.saturation, this.walRate, this.requestedCheckpoints, this.deadRows,
				this.indexes, this.partitionSize, this.cacheCalls, this.unusedIndexSize, this.storageHorizon,
				this.acceptableLag, this.scaleUpExhausted, this.processors, this.storage);
	}

	private static void checkShare(String name, double value) {
		if (!(value >= 0 && value <= 1)) {
			throw invalid(name, value, "A share is a number from 0 to 1.");
		}
	}

	private static void checkPositive(String name, double value) {
		if (!(value > 0)) {
			throw invalid(name, value, "It has to be positive.");
		}
	}

	private static void checkNotNegative(String name, long value) {
		if (value < 0) {
			throw invalid(name, value, "It must not be negative.");
		}
	}

	private static void checkNotNegative(String name, Duration value) {
		if (value.isNegative()) {
			throw invalid(name, value, "It must not be negative.");
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException("scaling.advisor." + name, value, reason);
	}

}
