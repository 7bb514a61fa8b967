package dev.scaling.sharding;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.boot.system.JavaVersion;

/**
 * Starts a thread for each task, or takes an idle one: virtual threads where the JDK has
 * them. None of them inherits anything, as who starts a task need not be whose work it
 * is. How many there are is up to the caller.
 */
final class GatherThreads implements Executor, AutoCloseable {

	private static final String PREFIX = "scaling-gather-";

	private static final long IDLE_SECONDS = 30;

	private final Executor executor;

	private volatile boolean closed;

	private GatherThreads(Executor executor) {
		this.executor = executor;
	}

	static GatherThreads create() {
		return JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE) ? virtual() : platform();
	}

	static GatherThreads platform() {
		AtomicInteger number = new AtomicInteger();
		return new GatherThreads(new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), (task) -> {
					Thread thread = new Thread(null, task, PREFIX + number.incrementAndGet(), 0, false);
					thread.setDaemon(true);
					return thread;
				}));
	}

	/**
	 * Reflection, since the API is compiled for Java 17, and Spring's executors let
	 * virtual threads inherit from whoever starts them.
	 */
	private static GatherThreads virtual() {
		try {
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			type.getMethod("name", String.class, long.class).invoke(builder, PREFIX, 1L);
			type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
			ThreadFactory factory = (ThreadFactory) type.getMethod("factory").invoke(builder);
			return new GatherThreads((task) -> factory.newThread(task).start());
		}
		catch (ReflectiveOperationException ex) {
			return platform();
		}
	}

	@Override
	public void execute(Runnable task) {
		if (this.closed) {
			throw new RejectedExecutionException("The threads for work on many shards have been closed");
		}
		this.executor.execute(task);
	}

	/**
	 * Accepts no further tasks. Those that run end by themselves.
	 */
	@Override
	public void close() {
		this.closed = true;
		if (this.executor instanceof ThreadPoolExecutor pool) {
			pool.shutdown();
		}
	}

}
