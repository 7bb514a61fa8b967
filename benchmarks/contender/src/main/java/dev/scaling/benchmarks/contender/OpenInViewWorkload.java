package dev.scaling.benchmarks.contender;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;

import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * As many requests as {@code threads} serve in {@code millis}, without the web: as Spring
 * Boot's open-in-view does, each keeps a persistence context open to its end, reads in a
 * read-only transaction for a millisecond, and does something else for {@code pause}
 * milliseconds. Answers with the {@code rate} of requests a second.
 */
class OpenInViewWorkload implements Workload {

	private final Contender contender;

	private final EntityManagerFactory entityManagerFactory;

	private final NamedNodes nodes;

	OpenInViewWorkload(Contender contender, EntityManagerFactory entityManagerFactory, NamedNodes nodes) {
		this.contender = contender;
		this.entityManagerFactory = entityManagerFactory;
		this.nodes = nodes;
	}

	@Override
	public Map<String, Double> run(Order order) throws InterruptedException {
		int threads = order.number("threads");
		long pause = order.number("pause");
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		AtomicBoolean over = new AtomicBoolean();
		LongAdder requests = new LongAdder();
		LongAdder failures = new LongAdder();
		for (int i = 0; i < threads; i++) {
			long id = i;
			executor.execute(() -> {
				while (!over.get()) {
					String name = this.contender.inSession(() -> request(id, pause));
					(name.equals("a node") ? requests : failures).increment();
				}
			});
		}
		// The first requests all begin at the same moment.
		TimeUnit.MILLISECONDS.sleep(order.number("millis") / 2);
		long before = requests.sum();
		long start = System.nanoTime();
		TimeUnit.MILLISECONDS.sleep(order.number("millis"));
		double rate = (requests.sum() - before) / ((System.nanoTime() - start) / 1e9);
		over.set(true);
		executor.shutdown();
		if (!executor.awaitTermination(1, TimeUnit.MINUTES) || failures.sum() > 0) {
			throw new IllegalStateException(failures + " requests failed, or some do not end");
		}
		return Map.of("rate", rate);
	}

	private String request(long id, long pause) {
		EntityManager entityManager = this.entityManagerFactory.createEntityManager();
		TransactionSynchronizationManager.bindResource(this.entityManagerFactory,
				new EntityManagerHolder(entityManager));
		try {
			String name = this.nodes.find(id).name;
			TimeUnit.MILLISECONDS.sleep(pause);
			return name;
		}
		catch (InterruptedException | RuntimeException ex) {
			ex.printStackTrace();
			return ex.toString();
		}
		finally {
			TransactionSynchronizationManager.unbindResource(this.entityManagerFactory);
			EntityManagerFactoryUtils.closeEntityManager(entityManager);
		}
	}

	/**
	 * A row.
	 */
	@Entity(name = "NamedNode")
	@Table(name = "node")
	static class NamedNode {

		@Id
		private long id;

		private String name = "";

	}

	/**
	 * Reads rows.
	 */
	static class NamedNodes {

		@PersistenceContext
		@SuppressWarnings("NullAway.Init")
		private EntityManager entityManager;

		@Transactional(readOnly = true)
		NamedNode find(long id) {
			return (NamedNode) this.entityManager
				.createNativeQuery("SELECT id, name FROM node WHERE id = ?1 AND pg_sleep(0.001) IS NOT NULL",
						NamedNode.class)
				.setParameter(1, id)
				.getSingleResult();
		}

	}

}
