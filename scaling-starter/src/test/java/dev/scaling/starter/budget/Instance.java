package dev.scaling.starter.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One instance of an application under constant load.
 */
public final class Instance implements AutoCloseable {

	private static final int THREADS = 16;

	private final ConfigurableApplicationContext context;

	private final List<Thread> threads = new ArrayList<>();

	private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

	private final AtomicLong work = new AtomicLong();

	private volatile boolean stopped;

	private Instance(String... arguments) {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).run(arguments);
	}

	/**
	 * Starts an instance in a process of its own, which ends when work fails.
	 * @param arguments the properties
	 */
	public static void main(String[] arguments) {
		Instance instance = start(arguments);
		while (instance.failures().isEmpty()) {
			LockSupport.parkNanos(10_000_000);
		}
		instance.failures().forEach(Exception::printStackTrace);
		Runtime.getRuntime().halt(1);
	}

	static Instance start(String... arguments) {
		Instance instance = new Instance(arguments);
		for (int i = 0; i < THREADS; i++) {
			Thread thread = new Thread(instance::load, "load");
			thread.setDaemon(true);
			instance.threads.add(thread);
			thread.start();
		}
		return instance;
	}

	private void load() {
		TransactionTemplate transaction = new TransactionTemplate(
				this.context.getBean(PlatformTransactionManager.class));
		JdbcTemplate jdbc = this.context.getBean(JdbcTemplate.class);
		while (!this.stopped) {
			try {
				transaction
					.executeWithoutResult((status) -> jdbc.queryForObject("SELECT pg_sleep(0.01)::text", String.class));
				this.work.incrementAndGet();
			}
			catch (Exception ex) {
				this.failures.add(ex);
				return;
			}
		}
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	HikariDataSource pool() {
		return this.context.getBean("primaryDataSource", HikariDataSource.class);
	}

	List<Exception> failures() {
		return List.copyOf(this.failures);
	}

	long work() {
		return this.work.get();
	}

	@Override
	public void close() {
		this.stopped = true;
		for (Thread thread : this.threads) {
			try {
				thread.join(10_000);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
