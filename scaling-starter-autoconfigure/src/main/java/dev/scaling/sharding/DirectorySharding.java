package dev.scaling.sharding;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.scaling.ShardingStrategy;
import dev.scaling.routing.LiveTopology;
import dev.scaling.sharding.DirectoryOptions.UnknownKeys;
import dev.scaling.sharding.DirectoryTable.Entry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks a table which shard owns a key, and remembers the answers: {@code strategy:
 * directory}. Keys are integers, text or UUIDs; {@code 42} and {@code "42"} are one key.
 * A look-up of a key that is not remembered is one {@code SELECT} on the primary of the
 * directory's cluster, outside of the application's transaction and on a connection of
 * its own; threads that ask for the same key at the same time share it.
 * <p>
 * What is guaranteed: a change of the directory is known to all instances that can reach
 * it at once where notifications come through, and within the poll interval elsewhere.
 * Until then, and while the directory is silent, an instance goes on with what it
 * remembers: its writes of a key that has moved are refused by the old shard, its reads
 * there are stale. After {@link MoveOptions#settle()} the rows are gone there: such an
 * instance then finds none to read, update or delete, and only inserts are refused, if
 * not {@link DirectoryOptions#askWhenSilent()} keeps it from that.
 * <p>
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class DirectorySharding implements ShardingStrategy, AutoCloseable {

	private static final Log logger = LogFactory.getLog(DirectorySharding.class);

	private static final int MAXIMUM_ATTEMPTS = 3;

	/**
	 * How long the shared cache is left alone after it has failed: one that hangs costs
	 * one look-up the time limit of its client in that time, and not each.
	 */
	private static final long SHARED_PAUSE = TimeUnit.SECONDS.toNanos(1);

	private final DirectoryTable table;

	private final DirectoryOptions options;

	private final Runnable changed;

	private final org.springframework.cache.@Nullable Cache shared;

	private final Cache<String, String> cache;

	/**
	 * One instance of the name of each shard.
	 */
	private final Map<String, String> names = new HashMap<>();

	private final DirectoryFeed feed;

	private final AtomicLong generation = new AtomicLong();

	private final LongAdder changes = new LongAdder();

	private final AtomicBoolean sharedFailed = new AtomicBoolean();

	/**
	 * When the shared cache that has failed is tried again.
	 */
	private final AtomicLong sharedTrial = new AtomicLong();

	private volatile boolean started;

	/**
	 * Creates a strategy, which reaches the directory when the first key comes.
	 * @param keyspace the keyspace
	 * @param cluster gives the cluster with the directory
	 * @param options how the directory is asked
	 * @param connector opens the connection on which changes are heard, or {@code null}
	 * for one like those of the primary's pool, but outside of it
	 * @param shared a cache that all instances share and that is asked before the
	 * directory, or {@code null}. It may lose entries and be down, and is left alone for
	 * a second after it has failed. Its client has to give up by itself if it hangs,
	 * after some 100 milliseconds, because a look-up waits for it
	 * @param changed is called after each change, when nothing that it made outdated is
	 * remembered here any more; by any thread, and must not block
	 */
	public DirectorySharding(KeyspaceDefinition keyspace, Supplier<LiveTopology> cluster, DirectoryOptions options,
			@Nullable DirectoryConnector connector, org.springframework.cache.@Nullable Cache shared,
			Runnable changed) {
		this.table = new DirectoryTable(keyspace, cluster, options.timeout());
		this.options = options;
		this.shared = shared;
		this.changed = changed;
		this.cache = Caffeine.newBuilder().maximumSize(options.cacheSize()).recordStats().build();
		keyspace.shards().forEach((shard) -> this.names.put(shard, shard));
		this.feed = new DirectoryFeed(keyspace.name(),
				(connector != null) ? connector : () -> PrimaryConnections.openDirect(cluster.get(), options.timeout()),
				options, new Changes());
	}

	@Override
	public @Nullable String shardOf(Object key) {
		String text = ShardKeys.text(key);
		if (!this.started) {
			this.started = true;
			this.feed.start();
		}
		if (this.options.askWhenSilent() && this.feed.isSilent()) {
			return name(ask(text).shard());
		}
		for (int attempt = 1; true; attempt++) {
			long before = this.generation.get();
			String shard = this.cache.get(text, this::load);
			if (before == this.generation.get() || attempt == MAXIMUM_ATTEMPTS) {
				return shard;
			}
			// something was forgotten while the key was looked up, and may have been it
			this.cache.invalidate(text);
		}
	}

	private @Nullable String load(String key) {
		String shared = loadShared(key);
		if (shared != null) {
			return name(shared);
		}
		Entry entry = ask(key);
		if (entry.shard() != null) {
			share(key, entry);
		}
		return name(entry.shard());
	}

	private Entry ask(String key) {
		Entry entry = this.table.find(key);
		return (entry.shard() == null && this.options.unknownKeys() == UnknownKeys.ASSIGN)
				? this.table.assign(key, null) : entry;
	}

	private @Nullable String name(@Nullable String shard) {
		return (shard != null) ? this.names.getOrDefault(shard, shard) : null;
	}

	/**
	 * The shared cache is believed if nothing has changed since the entry was read from
	 * the directory: whoever puts one may be late.
	 */
	private @Nullable String loadShared(String key) {
		org.springframework.cache.Cache shared = this.shared;
		if (shared == null || !isSharedInUse()) {
			return null;
		}
		try {
			String value = shared.get(sharedKey(key), String.class);
			int separator = (value != null) ? value.indexOf(':') : -1;
			this.sharedFailed.set(false);
			return (value != null && separator > 0
					&& this.feed.isCurrent(key, Long.parseLong(value.substring(0, separator))))
							? value.substring(separator + 1) : null;
		}
		catch (RuntimeException ex) {
			sharedFailed(ex);
			return null;
		}
	}

	private void share(String key, Entry entry) {
		org.springframework.cache.Cache shared = this.shared;
		if (shared != null && !this.sharedFailed.get()) {
			try {
				shared.put(sharedKey(key), entry.version() + ":" + entry.shard());
			}
			catch (RuntimeException ex) {
				sharedFailed(ex);
			}
		}
	}

	private void evictShared(String key) {
		org.springframework.cache.Cache shared = this.shared;
		if (shared != null && isSharedInUse()) {
			try {
				shared.evictIfPresent(sharedKey(key));
				this.sharedFailed.set(false);
			}
			catch (RuntimeException ex) {
				sharedFailed(ex);
			}
		}
	}

	/**
	 * One caller at a time finds out whether a cache that has failed works again. What it
	 * has missed meanwhile does no harm: entries that have changed since are not
	 * believed.
	 */
	private boolean isSharedInUse() {
		if (!this.sharedFailed.get()) {
			return true;
		}
		long trial = this.sharedTrial.get();
		long now = System.nanoTime();
		return now - trial >= 0 && this.sharedTrial.compareAndSet(trial, now + SHARED_PAUSE);
	}

	private void sharedFailed(RuntimeException ex) {
		this.sharedTrial.set(System.nanoTime() + SHARED_PAUSE);
		if (this.sharedFailed.compareAndSet(false, true)) {
			logger.warn("The shared cache of the directory of keyspace " + this.table.keyspace()
					+ " is not used until it works again: " + ex.getMessage());
		}
	}

	private String sharedKey(String key) {
		return this.table.keyspace() + ":" + key;
	}

	@Override
	public void forget(Object key) {
		forget(ShardKeys.text(key));
	}

	/**
	 * The owner of a key has changed, or may have.
	 */
	void forget(String key) {
		evictShared(key);
		forget(List.of(key));
	}

	private void forget(List<String> keys) {
		this.generation.incrementAndGet();
		this.cache.invalidateAll(keys);
		this.changed.run();
	}

	DirectoryTable table() {
		return this.table;
	}

	/**
	 * How often a key was remembered since the start.
	 * @return the number of look-ups
	 */
	public long hits() {
		return this.cache.stats().hitCount();
	}

	/**
	 * How often a key was not remembered since the start.
	 * @return the number of look-ups
	 */
	public long misses() {
		return this.cache.stats().missCount();
	}

	/**
	 * How many keys were thrown out for others since the start.
	 * @return the number of keys
	 */
	public long evictions() {
		return this.cache.stats().evictionCount();
	}

	/**
	 * How many keys are remembered now.
	 * @return the number of keys, which is an estimate
	 */
	public long size() {
		return this.cache.estimatedSize();
	}

	/**
	 * How many changes of the directory were heard since the start: by instances of the
	 * application, including this one. That everything has to be forgotten, because
	 * changes may have been missed, is one.
	 * @return the number of changes
	 */
	public long changes() {
		return this.changes.sum();
	}

	/**
	 * Whether a key was asked for, so that changes are listened to.
	 * @return {@code false} before the first key
	 */
	public boolean isStarted() {
		return this.started;
	}

	/**
	 * How long ago the directory has told its changes.
	 * @return the time since then; long if it never has
	 */
	public Duration silence() {
		return this.feed.silence();
	}

	/**
	 * Stops to hear of changes. The strategy must not be used any more.
	 */
	@Override
	public void close() {
		this.feed.close();
	}

	/**
	 * What was remembered is forgotten.
	 */
	private final class Changes implements DirectoryFeed.Listener {

		@Override
		public void changed(List<String> keys) {
			DirectorySharding.this.changes.add(keys.size());
			forget(keys);
		}

		@Override
		public void allChanged() {
			DirectorySharding.this.changes.increment();
			DirectorySharding.this.generation.incrementAndGet();
			DirectorySharding.this.cache.invalidateAll();
			DirectorySharding.this.changed.run();
		}

	}

}
