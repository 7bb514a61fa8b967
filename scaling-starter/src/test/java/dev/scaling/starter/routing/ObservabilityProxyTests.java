package dev.scaling.starter.routing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.p6spy.engine.spy.P6DataSource;
import dev.scaling.insight.SlowQueryLog;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for proxies around the public {@link DataSource}, which use connections before
 * the transaction has told whether it is read-only.
 */
class ObservabilityProxyTests {

	@RegisterExtension
	static final PostgresClusterExtension postgres = PostgresCluster.builder().replicas(2).extension();

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
	void datasourceMicrometerDoesNotChangeTheRoute() {
		List<String> observations = new ArrayList<>();
		jdbc((context) -> {
			assertThat(context.getBean(DataSource.class)).isNotInstanceOf(RoutingDataSource.class);
			context.getBean(ObservationRegistry.class)
				.observationConfig()
				.observationHandler(new NameCollector(observations));
			assertSplit(context);
			assertThat(observations).contains("jdbc.query", "jdbc.connection");
		}, runner().withPropertyValues("jdbc.datasource-proxy.enabled=true"));
	}

	@Test
	void observationsOfDatasourceMicrometerTellTheNode() {
		List<String> nodes = new ArrayList<>();
		jdbc((context) -> {
			context.getBean(ObservationRegistry.class).observationConfig().observationHandler(new NodeCollector(nodes));
			ProbeService service = context.getBean(ProbeService.class);
			String replica = this.probes.served(service::read).get(0);
			assertThat(nodes).isNotEmpty().containsOnly("main " + replica + " replica");
			nodes.clear();
			service.readInReadWriteTransaction();
			assertThat(nodes).isNotEmpty().containsOnly("main primary primary");
			nodes.clear();
			Observation.start("jdbc.query", context.getBean(ObservationRegistry.class)).stop();
			assertThat(nodes).containsExactly("none none none");
			nodes.clear();
			Observation.createNotStarted("request", context.getBean(ObservationRegistry.class)).observe(() -> {
			});
			assertThat(nodes).isEmpty();
		}, runner().withPropertyValues("jdbc.datasource-proxy.enabled=true",
				"jdbc.excluded-data-source-bean-names=primaryDataSource,replica-1DataSource,replica-2DataSource"));
	}

	@Test
	void slowStatementsAreLoggedInTheScopeOfTheirTrace() {
		Logger logger = (Logger) LoggerFactory.getLogger(SlowQueryLog.class);
		ListAppender<ILoggingEvent> events = new ListAppender<>();
		events.start();
		logger.addAppender(events);
		try {
			jdbc((context) -> {
				ObservationRegistry registry = context.getBean(ObservationRegistry.class);
				registry.observationConfig().observationHandler(new TraceIds());
				ProbeService service = context.getBean(ProbeService.class);
				events.list.clear();
				Observation.createNotStarted("request", registry).observe((Runnable) service::read);
				assertThat(events.list).isNotEmpty()
					.allSatisfy((event) -> assertThat(event.getMDCPropertyMap()).containsEntry("traceId", "request"));
			}, runner().withPropertyValues("jdbc.datasource-proxy.enabled=true",
					"scaling.insight.slow-query.threshold=0ms"));
		}
		finally {
			logger.detachAppender(events);
		}
	}

	@Test
	void datasourceMicrometerDoesNotChangeTheRouteOfJpa() {
		runner().withPropertyValues("jdbc.datasource-proxy.enabled=true")
			.withUserConfiguration(JpaApplication.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				EntityManager entityManager = context.getBean(EntityManager.class);
				TransactionTemplate template = new TransactionTemplate(
						context.getBean(PlatformTransactionManager.class));
				Callable<?> read = () -> template
					.execute((status) -> entityManager.createNativeQuery(Probes.sql(Probes.INNER)).getSingleResult());
				assertThat(this.probes.served(read)).containsExactly("primary");
				template.setReadOnly(true);
				assertThat(this.probes.served(read)).hasSize(1).allMatch(Probes::isReplica);
			});
	}

	@Test
	void p6spyDoesNotChangeTheRoute() {
		jdbc((context) -> {
			assertThat(context.getBean(DataSource.class)).isInstanceOf(P6DataSource.class);
			assertSplit(context);
		}, runner().withBean(Wrapper.class, () -> new Wrapper(P6DataSource::new)));
	}

	@ParameterizedTest
	@EnumSource(EarlyTouch.class)
	void earlyUseOfTheConnectionDoesNotChangeTheRoute(EarlyTouch touch) {
		jdbc((context) -> {
			assertSplit(context);
			assertNestedTransactionsAreSplit(context);
		}, runner().withBean(Wrapper.class,
				() -> new Wrapper((dataSource) -> new TouchingDataSource(dataSource, touch))));
	}

	@Test
	void transactionAwareProxyMayBeOutside() {
		jdbc((context) -> assertSplit(context),
				runner().withBean(Wrapper.class, () -> new Wrapper(TransactionAwareDataSourceProxy::new)));
	}

	@Test
	void proxiesThatWrapEachOtherDoNotChangeTheRoute() {
		jdbc((context) -> assertSplit(context), runner().withPropertyValues("jdbc.datasource-proxy.enabled=true")
			.withBean(Wrapper.class, () -> new Wrapper(
					(dataSource) -> new P6DataSource(new TouchingDataSource(dataSource, EarlyTouch.META_DATA_URL)))));
	}

	private void assertSplit(AssertableApplicationContext context) throws Exception {
		ProbeService service = context.getBean(ProbeService.class);
		for (int i = 0; i < 5; i++) {
			assertThat(this.probes.served(service::read)).hasSize(1).allMatch(Probes::isReplica);
			assertThat(this.probes.served(service::readInReadWriteTransaction)).containsExactly("primary");
			assertThat(this.probes.served(service::readWithoutTransaction)).hasSize(1).allMatch(Probes::isReplica);
		}
		service.write(1);
		assertThat(this.probes.rows(1)).isOne();
		this.probes.clear();
	}

	private void assertNestedTransactionsAreSplit(AssertableApplicationContext context) throws Exception {
		ProbeService service = context.getBean(ProbeService.class);
		TransactionTemplate readWrite = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		TransactionTemplate readOnly = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		readOnly.setReadOnly(true);
		readOnly.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		TransactionTemplate nested = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		assertThat(this.probes.served(() -> readWrite
			.execute((status) -> nested.execute((savepoint) -> readOnly.execute((inner) -> service.read())))))
			.hasSize(1)
			.allMatch(Probes::isReplica);
		readWrite.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		assertThat(this.probes.served(
				() -> readOnly.execute((status) -> readWrite.execute((inner) -> service.readInReadWriteTransaction()))))
			.containsExactly("primary");
	}

	private static ApplicationContextRunner runner() {
		return ClusterContextRunner.of(postgres.cluster());
	}

	private void jdbc(ContextConsumer<AssertableApplicationContext> test, ApplicationContextRunner runner) {
		runner.withUserConfiguration(JdbcApplication.class, ProbeService.class).run((context) -> {
			assertThat(context).hasNotFailed();
			test.accept(context);
		});
	}

	/**
	 * Collects cluster, node and role of observations.
	 */
	private record NodeCollector(List<String> nodes) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStop(Observation.Context context) {
			KeyValue node = context.getLowCardinalityKeyValue("scaling.node");
			if (node != null) {
				this.nodes.add(context.getLowCardinalityKeyValue("scaling.cluster").getValue() + " " + node.getValue()
						+ " " + context.getLowCardinalityKeyValue("scaling.role").getValue());
			}
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	/**
	 * Does what tracing does for the correlation of logs.
	 */
	private static final class TraceIds implements ObservationHandler<Observation.Context> {

		@Override
		public void onScopeOpened(Observation.Context context) {
			MDC.put("traceId", context.getName());
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			MDC.remove("traceId");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return "request".equals(context.getName());
		}

	}

	/**
	 * Wraps the public DataSource only.
	 */
	private static final class Wrapper implements BeanPostProcessor {

		private final UnaryOperator<DataSource> wrapping;

		private Wrapper(UnaryOperator<DataSource> wrapping) {
			this.wrapping = wrapping;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (beanName.equals("dataSource") && bean instanceof DataSource dataSource)
					? this.wrapping.apply(dataSource) : bean;
		}

	}

	/**
	 * What is done with a connection as soon as it is there.
	 */
	private enum EarlyTouch {

		META_DATA_URL {

			@Override
			void touch(Connection connection) throws SQLException {
				assertThat(connection.getMetaData().getURL()).startsWith("jdbc:postgresql:");
			}

		},

		META_DATA_PRODUCT {

			@Override
			void touch(Connection connection) throws SQLException {
				assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("PostgreSQL");
				assertThat(connection.getMetaData().getUserName()).isNotEmpty();
			}

		},

		STATEMENT {

			@Override
			void touch(Connection connection) throws SQLException {
				try (Statement statement = connection.createStatement();
						ResultSet result = statement.executeQuery("SELECT 1")) {
					assertThat(result.next()).isTrue();
				}
			}

		},

		VALIDATION {

			@Override
			void touch(Connection connection) throws SQLException {
				assertThat(connection.isValid(1)).isTrue();
				assertThat(connection.getCatalog()).isNotEmpty();
				assertThat(connection.getSchema()).isNotEmpty();
			}

		},

		CLIENT_INFO {

			@Override
			void touch(Connection connection) throws SQLException {
				connection.setClientInfo("ApplicationName", "observed");
			}

		};

		abstract void touch(Connection connection) throws SQLException;

	}

	private static final class TouchingDataSource extends DelegatingDataSource {

		private final EarlyTouch touch;

		private TouchingDataSource(DataSource target, EarlyTouch touch) {
			super(target);
			this.touch = touch;
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			this.touch.touch(connection);
			return proxy(connection);
		}

		private static Connection proxy(Connection connection) {
			return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
					new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
						try {
							return method.invoke(connection, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
					});
		}

	}

	private static final class NameCollector implements ObservationHandler<Observation.Context> {

		private final List<String> names;

		private NameCollector(List<String> names) {
			this.names = names;
		}

		@Override
		public void onStart(Observation.Context context) {
			this.names.add(context.getName());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
