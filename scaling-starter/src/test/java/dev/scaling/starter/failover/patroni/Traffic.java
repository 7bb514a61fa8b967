package dev.scaling.starter.failover.patroni;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The users of an application: one writes, and reads what is written after each write;
 * the others only read. Each has a thread of its own, which is a session, and gives up
 * nothing.
 */
final class Traffic implements AutoCloseable {

	static final int READERS = 4;

	private static final Duration PAUSE = Duration.ofMillis(20);

	private static final String WRITE = "INSERT INTO visit (number) VALUES (?) RETURNING inet_server_port()";

	private static final String READ_BACK = "SELECT count(*) FROM visit WHERE number = ?";

	private static final String READ = "SELECT inet_server_port() FROM (SELECT count(*) FROM visit) AS visits";

	private final List<ScheduledExecutorService> users = new ArrayList<>();

	private final AtomicInteger number = new AtomicInteger();

	private final Queue<Call> writes = new ConcurrentLinkedQueue<>();

	private final Queue<Integer> unseen = new ConcurrentLinkedQueue<>();

	private final Queue<Call> reads = new ConcurrentLinkedQueue<>();

	private final JdbcTemplate jdbc;

	private final PlatformTransactionManager transactionManager;

	Traffic(ApplicationContext application) {
		this.jdbc = application.getBean(JdbcTemplate.class);
		this.transactionManager = application.getBean(PlatformTransactionManager.class);
		addUser(this::write);
		for (int i = 0; i < READERS; i++) {
			addUser(() -> this.reads.add(call(true, READ)));
		}
	}

	private void addUser(Runnable work) {
		ScheduledExecutorService user = Executors.newSingleThreadScheduledExecutor();
		user.scheduleWithFixedDelay(work, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
		this.users.add(user);
	}

	private void write() {
		int number = this.number.incrementAndGet();
		Call write = call(false, WRITE, number);
		this.writes.add(write);
		if (write.succeeded()) {
			Integer rows = call(true, READ_BACK, number).result();
			if (rows != null && rows == 0) {
				this.unseen.add(number);
			}
		}
	}

	private Call call(boolean readOnly, String sql, Object... arguments) {
		TransactionTemplate transaction = new TransactionTemplate(this.transactionManager);
		transaction.setReadOnly(readOnly);
		long start = System.nanoTime();
		Integer result = null;
		RuntimeException failure = null;
		try {
			result = transaction.execute((status) -> this.jdbc.queryForObject(sql, Integer.class, arguments));
		}
		catch (RuntimeException ex) {
			failure = ex;
		}
		return new Call(List.of(arguments), start, System.nanoTime(), result, failure);
	}

	/**
	 * The writes that have ended, with the ports of the servers that took them.
	 * @return the calls in the order of their ends
	 */
	List<Call> writes() {
		return List.copyOf(this.writes);
	}

	/**
	 * The numbers that were acknowledged, and that a read of the same user did not see
	 * afterwards.
	 * @return the numbers
	 */
	List<Integer> unseen() {
		return List.copyOf(this.unseen);
	}

	/**
	 * The reads of those who only read, with the ports of the servers that served them.
	 * @return the calls in the order of their ends
	 */
	List<Call> reads() {
		return List.copyOf(this.reads);
	}

	/**
	 * Let the calls that run come to their end, and begin no others.
	 */
	@Override
	public void close() throws InterruptedException {
		this.users.forEach(ScheduledExecutorService::shutdown);
		for (ScheduledExecutorService user : this.users) {
			if (!user.awaitTermination(30, TimeUnit.SECONDS)) {
				throw new IllegalStateException("A call does not end");
			}
		}
	}

	/**
	 * A transaction that has ended.
	 *
	 * @param arguments the arguments of its statement
	 * @param start when it began, by {@link System#nanoTime()}
	 * @param end when it ended
	 * @param result what its statement returned, or {@code null} if it failed
	 * @param failure why it failed, or {@code null} if it did not
	 */
	record Call(List<Object> arguments, long start, long end, @Nullable Integer result,
			@Nullable RuntimeException failure) {

		boolean succeeded() {
			return this.failure == null;
		}

	}

}
