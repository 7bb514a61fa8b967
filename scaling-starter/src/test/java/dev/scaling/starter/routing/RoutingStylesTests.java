package dev.scaling.starter.routing;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

import dev.scaling.ReadOnlyTransactionException;
import dev.scaling.RoutingContext;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the routes of work in all the places where applications have it.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigurePostgresCluster(replicas = 2)
class RoutingStylesTests {

	@Autowired
	private ProbeService service;

	@Autowired
	private Job job;

	@Autowired
	private RoutingDataSource dataSource;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private PostgresCluster cluster;

	private Probes probes;

	@BeforeEach
	void createProbes() {
		this.probes = Probes.on(this.cluster);
	}

	@AfterEach
	void clearProbes() {
		this.probes.clear();
	}

	@Test
	void asynchronousMethodsHaveTheirOwnRoute() throws Exception {
		assertReplica(() -> this.service.readAsynchronously().get());
		assertPrimary(() -> this.service.readWriteAsynchronously().get());
	}

	@Test
	void asynchronousMethodsDoNotInheritTheRouteOfTheirCaller() throws Exception {
		assertPrimary(() -> readOnly().execute((status) -> getUnchecked(this.service::readWriteAsynchronously)));
		assertReplica(() -> readWrite().execute((status) -> getUnchecked(this.service::readAsynchronously)));
		assertReplica(() -> RoutingContext.write().call(() -> this.service.readAsynchronously().get()));
	}

	private static <T> T getUnchecked(Callable<Future<T>> call) {
		try {
			return call.call().get();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "There are no virtual threads before Java 21")
	void virtualThreadsAreRoutedLikeOthers() throws Exception {
		assertReplica(() -> onVirtualThread(this.service::read));
		assertPrimary(() -> onVirtualThread(this.service::readInReadWriteTransaction));
		assertReplica(() -> onVirtualThread(() -> RoutingContext.read().call(this::read)));
	}

	private static Object onVirtualThread(Callable<?> work) throws Exception {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
		executor.setVirtualThreads(true);
		FutureTask<Object> task = new FutureTask<>(work::call);
		executor.execute(task);
		return task.get();
	}

	@Test
	void scheduledJobsAreRoutedByTheirTransaction() {
		this.probes.create("job_read_probe");
		this.probes.create("job_write_probe");
		this.job.enabled = true;
		try {
			await().atMost(Duration.ofSeconds(20)).until(() -> this.job.runs > 2);
		}
		finally {
			this.job.enabled = false;
		}
		assertThat(this.probes.count("job_read_probe")).containsEntry("primary", 1L); // creation
		assertThat(this.probes.count("job_write_probe")).containsEntry("replica-1", 0L).containsEntry("replica-2", 0L);
	}

	@Test
	void newTransactionWritesWhileTheOuterOneHoldsAReplica() throws Exception {
		Map<String, List<String>> served = this.probes.servedByTable(() -> readOnly().execute((status) -> {
			int session = read(Probes.OUTER);
			requiresNew().executeWithoutResult((inner) -> insert(1));
			assertThat(read(Probes.OUTER)).isEqualTo(session);
			return null;
		}));
		assertThat(served.get(Probes.INNER)).containsExactly("primary");
		assertThat(served.get(Probes.OUTER)).hasSize(2).allMatch(Probes::isReplica);
		assertThat(this.probes.rows(1)).isOne();
	}

	@Test
	void statementsInAfterCommitAreCommitted() {
		readWrite().executeWithoutResult((status) -> {
			insert(1);
			afterCommit(() -> insert(2));
		});
		assertThat(this.probes.rows(1)).isOne();
		assertThat(this.probes.rows(2)).isOne();
	}

	@Test
	void statementsInAfterCommitOfReadOnlyTransactionsCannotWrite() {
		readOnly().executeWithoutResult((status) -> {
			read();
			afterCommit(() -> assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> insert(1))
				.withRootCauseInstanceOf(SQLException.class));
		});
		assertThat(this.probes.rows(1)).isZero();
	}

	@Test
	void transactionInAfterCommitHasItsOwnRoute() throws Exception {
		assertPrimary(() -> readOnly().execute((status) -> {
			read(Probes.OUTER);
			afterCommit(() -> requiresNew().executeWithoutResult((inner) -> insert(1)));
			return null;
		}));
		assertThat(this.probes.rows(1)).isOne();
	}

	private static void afterCommit(Runnable work) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				work.run();
			}

		});
	}

	@Test
	void savepointsStayOnTheConnection() throws Exception {
		TransactionTemplate nested = template(TransactionDefinition.PROPAGATION_NESTED, true);
		List<String> served = this.probes.served(() -> readWrite().execute((status) -> {
			insert(1);
			nested.executeWithoutResult((savepoint) -> {
				read();
				savepoint.setRollbackOnly();
			});
			insert(2);
			return null;
		}));
		assertThat(served).containsExactly("primary", "primary", "primary");
		assertThat(this.probes.rows(1)).isOne();
		assertThat(this.probes.rows(2)).isOne();
	}

	@Test
	void savepointsDoNotDisturbTheRouteOfTransactionsWithinThem() throws Exception {
		TransactionTemplate nested = template(TransactionDefinition.PROPAGATION_NESTED, false);
		TransactionTemplate inner = template(TransactionDefinition.PROPAGATION_REQUIRES_NEW, true);
		assertReplica(
				() -> readWrite().execute((status) -> nested.execute((savepoint) -> inner.execute((own) -> read()))));
	}

	@Test
	void readOnlyTransactionsThatAreSerializableReadFromThePrimary() throws Exception {
		assertPrimary(this.service::readSerializable);
		assertReplica(this.service::readRepeatably);
		assertReplica(this.service::read);
	}

	@Test
	void readOnlyTransactionsOnThePrimaryCannotWrite() {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.service.writeInSerializableReadOnlyTransaction(1))
			.withCauseInstanceOf(ReadOnlyTransactionException.class)
			.havingCause()
			.withMessageContainingAll("ProbeService.writeInSerializableReadOnlyTransaction", "on primary");
		RoutingContext.write()
			.run(() -> assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> this.service.writeInReadOnlyTransaction(1))
				.withCauseInstanceOf(ReadOnlyTransactionException.class));
		assertThat(this.probes.rows(1)).isZero();
	}

	@Test
	void writeInReadOnlyTransactionNamesTheMethodAndTheCure() {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.service.writeInReadOnlyTransaction(1))
			.withCauseInstanceOf(ReadOnlyTransactionException.class)
			.havingCause()
			.withMessageMatching("The read-only transaction of \\S+\\.ProbeService\\.writeInReadOnlyTransaction"
					+ " on replica-\\d cannot write \\(.*\\): declare that method without readOnly = true,"
					+ " or write in a transaction of its own \\(REQUIRES_NEW\\)");
		assertThat(this.probes.rows(1)).isZero();
	}

	@Test
	void writeInJoinedTransactionNamesTheOuterMethod() {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.service.callInReadOnlyTransaction(() -> this.service.write(1)))
			.withCauseInstanceOf(ReadOnlyTransactionException.class)
			.havingCause()
			.withMessageContaining("ProbeService.callInReadOnlyTransaction");
	}

	@Test
	void readOnlyMethodWithoutTransactionReadsFromAReplica() throws Exception {
		assertReplica(this.service::readWithoutTransaction);
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> this.service.writeWithoutTransaction(1))
			.withCauseInstanceOf(ReadOnlyTransactionException.class);
	}

	@Test
	void readWriteTransactionWithinAReadOnlyScopeWithoutTransactionWrites() throws Exception {
		TransactionTemplate scope = template(TransactionDefinition.PROPAGATION_SUPPORTS, true);
		Map<String, List<String>> served = this.probes.servedByTable(() -> scope.execute((status) -> {
			read(Probes.OUTER);
			this.service.write(1);
			return read(Probes.OUTER);
		}));
		assertThat(served.get(Probes.INNER)).containsExactly("primary");
		assertThat(served.get(Probes.OUTER)).hasSize(2).allMatch(Probes::isReplica);
		assertThat(this.probes.rows(1)).isOne();
	}

	@Test
	void contextAppliesToTransactionsThatHaveNotReadYet() throws Exception {
		assertPrimary(() -> readOnly().execute((status) -> {
			RoutingContext.write().run(this::read);
			return null;
		}));
	}

	@Test
	void threadsDoNotDisturbEachOther() throws Exception {
		Map<String, Long> innerBefore = this.probes.count(Probes.INNER);
		Map<String, Long> outerBefore = this.probes.count(Probes.OUTER);
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Future<?>> results = new ArrayList<>();
			for (int thread = 0; thread < 8; thread++) {
				results.add(executor.submit(() -> readAndWriteInAllOrders(50)));
			}
			for (Future<?> result : results) {
				result.get();
			}
		}
		finally {
			executor.shutdown();
		}
		Map<String, Long> inner = this.probes.count(Probes.INNER);
		Map<String, Long> outer = this.probes.count(Probes.OUTER);
		assertThat(outer.get("primary")).isEqualTo(outerBefore.get("primary"));
		assertThat(outer.get("replica-1") + outer.get("replica-2") - outerBefore.get("replica-1")
				- outerBefore.get("replica-2"))
			.isEqualTo(8 * 50 * 4);
		assertThat(inner.get("primary") - innerBefore.get("primary")).isEqualTo(8 * 50 * 4);
		assertThat(inner.get("replica-1")).isEqualTo(innerBefore.get("replica-1"));
		assertThat(inner.get("replica-2")).isEqualTo(innerBefore.get("replica-2"));
		assertThat(this.dataSource.topology().pools()).extracting(NodePool::busy).containsOnly(0);
	}

	/**
	 * Each read of the outer table belongs to a replica, each use of the inner one to the
	 * primary.
	 */
	private void readAndWriteInAllOrders(int times) {
		TransactionTemplate supports = template(TransactionDefinition.PROPAGATION_SUPPORTS, true);
		TransactionTemplate newReadOnly = template(TransactionDefinition.PROPAGATION_REQUIRES_NEW, true);
		for (int i = 0; i < times; i++) {
			readOnly().executeWithoutResult((status) -> {
				read(Probes.OUTER);
				requiresNew().executeWithoutResult((inner) -> read());
			});
			readWrite().executeWithoutResult((status) -> {
				read();
				newReadOnly.executeWithoutResult((inner) -> read(Probes.OUTER));
			});
			read();
			supports.executeWithoutResult((status) -> read(Probes.OUTER));
			RoutingContext.read().run(() -> read(Probes.OUTER));
			RoutingContext.write().run(() -> readOnly().executeWithoutResult((status) -> read()));
		}
	}

	@Test
	void contextEndsWithItsBlock() throws Exception {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> RoutingContext.read().call(() -> {
			throw new IllegalStateException();
		}));
		assertThat(RoutingContext.current()).isNull();
		assertPrimary(this::read);
	}

	@Test
	void routeIsForgottenWhenATransactionCannotBegin() throws Exception {
		TransactionTemplate never = template(TransactionDefinition.PROPAGATION_MANDATORY, true);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> never.execute((status) -> read()));
		assertPrimary(this::read);
	}

	private void assertReplica(Callable<?> work) throws Exception {
		assertThat(this.probes.served(work)).hasSize(1).allMatch(Probes::isReplica);
	}

	private void assertPrimary(Callable<?> work) throws Exception {
		assertThat(this.probes.served(work)).containsExactly("primary");
	}

	private int read() {
		return read(Probes.INNER);
	}

	private int read(String table) {
		return this.jdbc.sql(Probes.sql(table)).query(Integer.class).single();
	}

	private void insert(int id) {
		this.jdbc.sql("INSERT INTO inner_probe VALUES (?)").param(id).update();
	}

	private TransactionTemplate readOnly() {
		return template(TransactionDefinition.PROPAGATION_REQUIRED, true);
	}

	private TransactionTemplate readWrite() {
		return template(TransactionDefinition.PROPAGATION_REQUIRED, false);
	}

	private TransactionTemplate requiresNew() {
		return template(TransactionDefinition.PROPAGATION_REQUIRES_NEW, false);
	}

	private TransactionTemplate template(int propagation, boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setPropagationBehavior(propagation);
		template.setReadOnly(readOnly);
		return template;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@EnableScheduling
	@Import({ JdbcApplication.class, ProbeService.class, Job.class, Job.Steps.class })
	static class Application {

	}

	static class Job {

		private final Steps steps;

		private volatile boolean enabled;

		private volatile int runs;

		Job(Steps steps) {
			this.steps = steps;
		}

		@Scheduled(fixedDelay = 50)
		void run() {
			if (this.enabled) {
				this.steps.read();
				this.steps.write();
				this.runs++;
			}
		}

		static class Steps {

			private final JdbcClient jdbc;

			Steps(JdbcClient jdbc) {
				this.jdbc = jdbc;
			}

			@Transactional(readOnly = true)
			void read() {
				this.jdbc.sql("SELECT id FROM job_read_probe").query(Integer.class).list();
			}

			@Transactional
			void write() {
				this.jdbc.sql("UPDATE job_write_probe SET id = id").update();
			}

		}

	}

}
