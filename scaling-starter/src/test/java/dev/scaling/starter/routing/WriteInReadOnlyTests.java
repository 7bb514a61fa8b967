package dev.scaling.starter.routing;

import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@code scaling.routing.write-in-read-only}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WriteInReadOnlyTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(1).extension();

	private Probes probes;

	@BeforeEach
	void createProbes() {
		this.probes = Probes.on(postgres.cluster());
	}

	@AfterEach
	void clearProbes() {
		this.probes.clear();
	}

	@Test
	void warnsOnceForEachPairOfMethodsByDefault(CapturedOutput output) {
		jdbc((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			for (int i = 0; i < 3; i++) {
				service.callInReadOnlyTransaction(service::readInReadWriteTransaction);
			}
			assertThat(output).containsOnlyOnce("Read-write method " + ProbeService.class.getName()
					+ ".readInReadWriteTransaction takes part in the read-only transaction of "
					+ ProbeService.class.getName() + ".callInReadOnlyTransaction: ");
		});
	}

	@Test
	void failsBeforeTheMethodRuns() {
		jdbc((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			assertThatExceptionOfType(IllegalTransactionStateException.class)
				.isThrownBy(() -> service.callInReadOnlyTransaction(() -> service.write(1)))
				.withMessageContainingAll("ProbeService.write", "ProbeService.callInReadOnlyTransaction",
						"REQUIRES_NEW");
		}, "scaling.routing.write-in-read-only=fail");
	}

	@Test
	void ignores(CapturedOutput output) {
		jdbc((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			service.callInReadOnlyTransaction(service::readInReadWriteTransaction);
			assertThat(output).doesNotContain("takes part in the read-only transaction");
		}, "scaling.routing.write-in-read-only=ignore");
	}

	@Test
	void doesNotMindReadsThatTakePart(CapturedOutput output) {
		jdbc((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			service.callInReadOnlyTransaction(service::read);
			service.callInReadOnlyTransaction(service::readWithoutTransaction);
			assertThat(output).doesNotContain("takes part in the read-only transaction");
		}, "scaling.routing.write-in-read-only=fail");
	}

	@Test
	void doesNotMindTransactionsOfAnotherManager() {
		jdbc((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			TransactionTemplate other = new TransactionTemplate(
					context.getBean("otherTransactionManager", PlatformTransactionManager.class));
			other.setReadOnly(true);
			other.executeWithoutResult((status) -> service.write(1));
			assertThat(this.probes.rows(1)).isOne();
			OtherService otherService = context.getBean(OtherService.class);
			context.getBean(ProbeService.class).callInReadOnlyTransaction(otherService::write);
		}, "scaling.routing.write-in-read-only=fail");
	}

	@Test
	void warnsInTheTransactionOfATemplate(CapturedOutput output) {
		jdbc((context) -> {
			readOnly(context)
				.executeWithoutResult((status) -> context.getBean(ProbeService.class).readInReadWriteTransaction());
			assertThat(output).containsOnlyOnce("ProbeService.readInReadWriteTransaction takes part in the read-only");
		});
	}

	@Test
	void failsInTheTransactionOfATemplate() {
		jdbc((context) -> assertThatExceptionOfType(IllegalTransactionStateException.class)
			.isThrownBy(() -> readOnly(context)
				.executeWithoutResult((status) -> context.getBean(ProbeService.class).readInReadWriteTransaction())),
				"scaling.routing.write-in-read-only=fail");
	}

	private static TransactionTemplate readOnly(AssertableApplicationContext context) {
		TransactionTemplate readOnly = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		readOnly.setReadOnly(true);
		return readOnly;
	}

	@Test
	void failsForTemplates() {
		jdbc((context) -> {
			ProbeService service = context.getBean(ProbeService.class);
			TransactionTemplate template = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
			assertThatExceptionOfType(IllegalTransactionStateException.class)
				.isThrownBy(() -> service.callInReadOnlyTransaction(() -> template.executeWithoutResult((status) -> {
				})));
		}, "scaling.routing.write-in-read-only=fail");
	}

	@Test
	void warnsWhenARepositoryWritesInAReadOnlyTransaction(CapturedOutput output) {
		jpa((context) -> {
			saveInReadOnlyTransaction(context);
			assertThat(this.probes.rows(1)).isZero();
			assertThat(output).contains("SimpleJpaRepository.save takes part in the read-only transaction of "
					+ ProbeService.class.getName() + ".callInReadOnlyTransaction: ");
		});
	}

	@Test
	void failsWhenARepositoryWritesInAReadOnlyTransaction() {
		jpa((context) -> assertThatExceptionOfType(IllegalTransactionStateException.class)
			.isThrownBy(() -> saveInReadOnlyTransaction(context)), "scaling.routing.write-in-read-only=fail");
	}

	@Test
	void doesNotMindRepositoriesThatReadInAReadOnlyTransaction(CapturedOutput output) {
		jpa((context) -> {
			JpaProbeRepository repository = context.getBean(JpaProbeRepository.class);
			context.getBean(ProbeService.class).callInReadOnlyTransaction(() -> {
				repository.findById(0);
				repository.findByIdLessThan(1);
				repository.findByIdLessThanEqual(0);
			});
			assertThat(output).doesNotContain("takes part in the read-only transaction");
		}, "scaling.routing.write-in-read-only=fail");
	}

	private static void saveInReadOnlyTransaction(AssertableApplicationContext context) {
		JpaProbeRepository repository = context.getBean(JpaProbeRepository.class);
		context.getBean(ProbeService.class).callInReadOnlyTransaction(() -> repository.save(new JpaProbe(1)));
	}

	private void jdbc(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		run(ClusterContextRunner.of(postgres.cluster())
			.withUserConfiguration(JdbcApplication.class, ProbeService.class, OtherManager.class), test, properties);
	}

	private void jpa(ContextConsumer<AssertableApplicationContext> test, String... properties) {
		run(ClusterContextRunner.of(postgres.cluster()).withUserConfiguration(JpaApplication.class, ProbeService.class),
				test, properties);
	}

	private static void run(ApplicationContextRunner runner, ContextConsumer<AssertableApplicationContext> test,
			String... properties) {
		runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			test.accept(context);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@Import(OtherService.class)
	static class OtherManager {

		@Bean(defaultCandidate = false)
		JdbcTransactionManager otherTransactionManager() {
			return new JdbcTransactionManager(postgres.cluster().primary().dataSource());
		}

	}

	static class OtherService {

		@Transactional("otherTransactionManager")
		void write() {
		}

	}

}
