package dev.scaling.starter.failover.checker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.scaling.starter.consistency.ClusterApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Lets clients work on an application for a while, in spite of a nemesis.
 */
final class CheckerRun {

	static final int CLIENTS = 8;

	private static final Duration RECOVERY = Duration.ofSeconds(30);

	private final RegisterStore store;

	private final History history = new History();

	private final CountDownLatch stop = new CountDownLatch(1);

	private final List<Client> clients = new ArrayList<>();

	CheckerRun(ClusterApplication application, long seed) {
		this.store = new RegisterStore(application);
		Mailbox mailbox = new Mailbox();
		for (int number = 0; number < CLIENTS; number++) {
			this.clients.add(new Client(number, this.store, this.history, mailbox, seed, this.stop));
		}
	}

	CountDownLatch stopSignal() {
		return this.stop;
	}

	/**
	 * Runs all clients and the nemesis, until the time is over and all faults are healed.
	 */
	void run(Runnable nemesis, Duration duration) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(CLIENTS + 1);
		try {
			Future<?> faults = executor.submit(nemesis);
			List<Future<?>> threads = new ArrayList<>();
			this.clients.forEach((client) -> threads.add(executor.submit(client)));
			awaitEnd(faults, duration);
			this.stop.countDown();
			faults.get(60, TimeUnit.SECONDS);
			for (Future<?> thread : threads) {
				thread.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			this.stop.countDown();
			executor.shutdownNow();
		}
	}

	/**
	 * A nemesis that ends too early has failed.
	 */
	private static void awaitEnd(Future<?> faults, Duration duration) {
		long end = System.nanoTime() + duration.toNanos();
		await().atMost(duration.plusSeconds(5)).until(() -> faults.isDone() || System.nanoTime() >= end);
	}

	/**
	 * All clients can write when all faults are healed.
	 */
	void assertRecovered() {
		for (Client client : this.clients) {
			await().atMost(RECOVERY).until(client::write);
		}
	}

	History history() {
		return this.history;
	}

	List<Violation> violations() {
		FinalState finalState = this.store.finalState();
		assertThat(finalState.registers().clients()).isEqualTo(CLIENTS);
		return Checker.check(this.history, finalState);
	}

}
