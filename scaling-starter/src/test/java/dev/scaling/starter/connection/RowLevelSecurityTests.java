package dev.scaling.starter.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

import javax.sql.DataSource;

import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingReason;
import dev.scaling.routing.RoutingTransactionListener;
import dev.scaling.test.AutoConfigurePostgresCluster;
import dev.scaling.test.PostgresCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for row-level security whose tenant is a setting of the session: no thread ever
 * sees rows of another one's tenant.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "scaling.pool.maximum-pool-size=2", "scaling.pool.connection-timeout=30s",
				"scaling.consistency.mode=none" })
@AutoConfigurePostgresCluster(replicas = 1)
class RowLevelSecurityTests {

	private static final int THREADS = 8;

	private static final int CALLS = 300;

	private static final int ROWS = 3;

	@Autowired
	private DataSource dataSource;

	@Autowired
	private PostgresCluster cluster;

	@Autowired
	private TenantService service;

	@Autowired
	private RoutingTransactionListener listener;

	@BeforeEach
	void createRows() throws SQLException {
		try (Connection connection = this.cluster.primary().dataSource().getConnection()) {
			Jdbc.execute(connection, """
					DROP TABLE IF EXISTS document;
					CREATE TABLE document (id serial PRIMARY KEY, tenant text NOT NULL);
					INSERT INTO document (tenant)
						SELECT 'tenant-' || tenant FROM generate_series(0, 7) AS tenant, generate_series(1, 3);
					DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
					GRANT ALL ON document TO reader;
					ALTER TABLE document ENABLE ROW LEVEL SECURITY;
					CREATE POLICY tenants ON document USING (tenant = current_setting('app.tenant', true))""");
		}
		this.cluster.awaitReplication();
	}

	@Test
	void transactionTemplateSeesTheRowsOfItsTenantOnly() throws Exception {
		DataSource tenants = new TenantDataSource(this.dataSource);
		JdbcTemplate jdbc = new JdbcTemplate(tenants);
		JdbcTransactionManager transactionManager = new JdbcTransactionManager(tenants);
		transactionManager.addListener(this.listener);
		TransactionTemplate readWrite = new TransactionTemplate(transactionManager);
		TransactionTemplate readOnly = new TransactionTemplate(transactionManager);
		readOnly.setReadOnly(true);
		assertThat(wrongCalls((call) -> ((call % 2 == 0) ? readOnly : readWrite).execute((status) -> rows(jdbc))))
			.isZero();
		assertThat(reads("replica-1")).isGreaterThanOrEqualTo(THREADS * CALLS / 2);
		Pools.of(this.dataSource).awaitDrained();
	}

	@Test
	void callsWithoutTransactionSeeTheRowsOfTheirTenantOnly() throws Exception {
		JdbcTemplate jdbc = new JdbcTemplate(new TenantDataSource(this.dataSource));
		assertThat(wrongCalls((call) -> tenants(jdbc
			.queryForList("SELECT tenant FROM document WHERE tenant = current_setting('app.tenant')", String.class))))
			.isZero();
		Pools.of(this.dataSource).awaitDrained();
	}

	@Test
	void entitiesOfAMultiTenantPersistenceUnitAreThoseOfTheTenant() throws Exception {
		assertThat(wrongCalls((call) -> (call % 2 == 0) ? this.service.read() : this.service.write())).isZero();
		Pools.of(this.dataSource).awaitDrained();
	}

	private long reads(String node) {
		return ((RoutingDataSource) this.dataSource).topology()
			.pool(node)
			.orElseThrow()
			.decisions(RoutingReason.READ_ONLY);
	}

	private static int rows(JdbcTemplate jdbc) {
		jdbc.execute("SET LOCAL ROLE reader");
		return tenants(jdbc.queryForList("SELECT tenant FROM document", String.class));
	}

	/**
	 * The number of rows, or -1 if one belongs to another tenant.
	 */
	static int tenants(List<String> tenants) {
		return tenants.stream().allMatch(TenantDataSource.current()::equals) ? tenants.size() : -1;
	}

	private static int wrongCalls(ToIntFunction<Integer> call) throws InterruptedException, ExecutionException {
		AtomicInteger wrong = new AtomicInteger();
		CyclicBarrier start = new CyclicBarrier(THREADS);
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Callable<Void>> threads = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				String tenant = "tenant-" + thread;
				threads.add(() -> {
					start.await();
					for (int i = 0; i < CALLS; i++) {
						TenantDataSource.use(tenant);
						if (call.applyAsInt(i) != ROWS) {
							wrong.incrementAndGet();
						}
					}
					return null;
				});
			}
			for (Future<Void> thread : executor.invokeAll(threads)) {
				thread.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		return wrong.get();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(TenantService.class)
	static class Application {

		@Bean
		HibernatePropertiesCustomizer multiTenancy(DataSource dataSource) {
			return (properties) -> {
				properties.put(MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER,
						new TenantConnectionProvider(dataSource));
				properties.put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new TenantResolver());
			};
		}

	}

	static class TenantService {

		@PersistenceContext
		private EntityManager entityManager;

		@Transactional(readOnly = true)
		int read() {
			return documents();
		}

		@Transactional
		int write() {
			return documents();
		}

		private int documents() {
			this.entityManager.createNativeQuery("SET LOCAL ROLE reader").executeUpdate();
			return tenants(
					this.entityManager.createQuery("SELECT d.tenant FROM Document d", String.class).getResultList());
		}

	}

	@Entity(name = "Document")
	@Table(name = "document")
	static class Document {

		@Id
		private Integer id;

		private String tenant;

	}

	/**
	 * Sets the tenant on the connection, as the Hibernate documentation does.
	 */
	static class TenantConnectionProvider implements MultiTenantConnectionProvider<String> {

		private final DataSource dataSource;

		TenantConnectionProvider(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		public Connection getAnyConnection() throws SQLException {
			return this.dataSource.getConnection();
		}

		@Override
		public void releaseAnyConnection(Connection connection) throws SQLException {
			connection.close();
		}

		@Override
		public Connection getConnection(String tenant) throws SQLException {
			Connection connection = this.dataSource.getConnection();
			TenantDataSource.choose(connection, tenant);
			return connection;
		}

		@Override
		public void releaseConnection(String tenant, Connection connection) throws SQLException {
			connection.close();
		}

		@Override
		public boolean supportsAggressiveRelease() {
			return false;
		}

		@Override
		public boolean isUnwrappableAs(Class<?> type) {
			return type.isInstance(this);
		}

		@Override
		public <T> T unwrap(Class<T> type) {
			return type.cast(this);
		}

	}

	static class TenantResolver implements CurrentTenantIdentifierResolver<String> {

		@Override
		public String resolveCurrentTenantIdentifier() {
			return TenantDataSource.current();
		}

		@Override
		public boolean validateExistingCurrentSessions() {
			return false;
		}

	}

}
