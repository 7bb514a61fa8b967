package dev.scaling.autoconfigure;

import java.sql.DatabaseMetaData;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.ReplicaSelector;
import dev.scaling.routing.Clusters;
import dev.scaling.routing.NodePool;
import dev.scaling.routing.RouteAdvisor;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingTransactionListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScalingAutoConfiguration} without a database: nothing listens on the
 * ports.
 */
class ScalingAutoConfigurationTests {

	private static final String PRIMARY = "jdbc:postgresql://127.0.0.1:1/shop";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
				JdbcClientAutoConfiguration.class, TransactionAutoConfiguration.class,
				TransactionManagerCustomizationAutoConfiguration.class, ScalingConnectionDetailsAutoConfiguration.class,
				ScalingAutoConfiguration.class, ScalingTransactionAutoConfiguration.class))
		.withPropertyValues("scaling.failover.start-without-primary=true");

	private final ApplicationContextRunner replicated = this.contextRunner.withPropertyValues(
			"scaling.primary.url=" + PRIMARY, "scaling.primary.username=shop", "scaling.primary.password=secret",
			"scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop",
			"scaling.replicas.replica-2.url=jdbc:postgresql://127.0.0.1:3/shop");

	@Test
	void nothingChangesWithoutKeys() {
		this.contextRunner.withPropertyValues("spring.datasource.url=" + PRIMARY)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(HikariDataSource.class)
				.doesNotHaveBean(Clusters.class)
				.doesNotHaveBean(RouteAdvisor.class)
				.doesNotHaveBean(RoutingTransactionListener.class));
	}

	@Test
	void nothingChangesWhenItIsDisabled() {
		this.contextRunner
			.withPropertyValues("spring.datasource.url=" + PRIMARY, "scaling.enabled=false",
					"scaling.replicas.replica-1.url=" + PRIMARY)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(HikariDataSource.class)
				.doesNotHaveBean(Clusters.class));
	}

	@Test
	void withoutReplicasTheApplicationKeepsItsPool() {
		this.contextRunner.withPropertyValues("scaling.primary.url=" + PRIMARY).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(HikariDataSource.class);
			assertThat(context.getBean(HikariDataSource.class).getJdbcUrl()).isEqualTo(PRIMARY);
			assertThat(context.getBean(Clusters.class).all()).hasSize(1);
		});
	}

	@Test
	void settingsOfThePoolCountWithoutNodes() {
		this.contextRunner
			.withPropertyValues("spring.datasource.url=" + PRIMARY, "scaling.pool.maximum-pool-size=5",
					"scaling.timeouts.socket=7s")
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(HikariDataSource.class);
				HikariDataSource pool = context.getBean(HikariDataSource.class);
				assertThat(pool.getMaximumPoolSize()).isEqualTo(5);
				assertThat(pool.getConnectionTimeout()).isEqualTo(30_000);
				assertThat(pool.getDataSourceProperties()).containsEntry("socketTimeout", "7");
				assertThat(context.getBean(Clusters.class).all()).hasSize(1);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "scaling.pgbouncer.mode=transaction", "scaling.pgbouncer.mode=statement",
			"scaling.primary.pgbouncer.mode=transaction", "scaling.budget.mode=fit", "scaling.budget.mode=fail" })
	void primaryWhoseConnectionsAreSharedIsRoutedWithoutNodes(String property) {
		this.contextRunner.withPropertyValues("spring.datasource.url=" + PRIMARY, property).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class);
		});
	}

	@Test
	void primaryWithoutReplicasIsRoutedOnRequest() {
		this.contextRunner
			.withPropertyValues("spring.datasource.url=" + PRIMARY, "scaling.routing.without-replicas=true",
					"scaling.failover.start-without-primary=true")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class);
				assertThat(context.getBean("primaryDataSource", HikariDataSource.class).getMaximumPoolSize())
					.isEqualTo(10);
			});
	}

	@Test
	void allConsumersUseTheRoutingDataSource() {
		this.replicated.run((context) -> {
			assertThat(context).hasNotFailed();
			DataSource dataSource = context.getBean(DataSource.class);
			assertThat(dataSource).isInstanceOf(RoutingDataSource.class).isSameAs(context.getBean("dataSource"));
			assertThat(context.getBean(JdbcTemplate.class).getDataSource()).isSameAs(dataSource);
			assertThat(context.getBean(JdbcTransactionManager.class).getDataSource()).isSameAs(dataSource);
			assertThat(context).hasSingleBean(JdbcClient.class);
			assertThat(((AbstractPlatformTransactionManager) context.getBean(JdbcTransactionManager.class))
				.getTransactionExecutionListeners()).hasOnlyElementsOfType(RoutingTransactionListener.class);
		});
	}

	@Test
	void eachPoolIsABeanNamedAfterItsNode() {
		this.replicated.run((context) -> {
			assertThat(context.getBeanNamesForType(DataSource.class)).containsExactlyInAnyOrder("dataSource",
					"primaryDataSource", "replica-1DataSource", "replica-2DataSource");
			for (String node : List.of("primary", "replica-1", "replica-2")) {
				HikariDataSource pool = context.getBean(node + "DataSource", HikariDataSource.class);
				assertThat(pool.getPoolName()).isEqualTo(node);
				assertThat(pool.getUsername()).isEqualTo("shop");
				assertThat(pool.getPassword()).isEqualTo("secret");
				assertThat(pool.isAutoCommit()).isTrue();
			}
		});
	}

	@Test
	void poolCanBeInjectedByTheIdOfItsNode() {
		this.replicated.withUserConfiguration(PoolConsumerConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(PoolConsumer.class).pool()).isSameAs(context.getBean("primaryDataSource"));
		});
	}

	@Test
	void poolsCloseWithTheContext() {
		HikariDataSource[] pools = new HikariDataSource[2];
		this.replicated.run((context) -> {
			pools[0] = context.getBean("primaryDataSource", HikariDataSource.class);
			pools[1] = context.getBean("replica-1DataSource", HikariDataSource.class);
		});
		assertThat(pools).allMatch(HikariDataSource::isClosed);
	}

	@Test
	void poolsHaveTheDefaultsWhereNobodySpeaks() {
		this.replicated.run((context) -> {
			for (String node : List.of("primary", "replica-1", "replica-2")) {
				HikariDataSource pool = context.getBean(node + "DataSource", HikariDataSource.class);
				assertThat(pool.getMaximumPoolSize()).isEqualTo(10);
				assertThat(pool.getMinimumIdle()).isEqualTo(2);
				assertThat(pool.getIdleTimeout()).isEqualTo(30_000);
			}
			assertThat(context.getBean("primaryDataSource", HikariDataSource.class).getConnectionTimeout())
				.isEqualTo(5_000);
		});
	}

	@Test
	void poolOfFixedSizeHasNoIdleTimeoutThatNobodyHasSet() {
		this.replicated
			.withPropertyValues("scaling.pool.maximum-pool-size=2", "scaling.replicas.replica-2.pool.idle-timeout=1m")
			.run((context) -> {
				HikariDataSource first = context.getBean("replica-1DataSource", HikariDataSource.class);
				assertThat(first.getMinimumIdle()).isEqualTo(2);
				assertThat(first.getIdleTimeout()).isEqualTo(new HikariConfig().getIdleTimeout());
				assertThat(context.getBean("replica-2DataSource", HikariDataSource.class).getIdleTimeout())
					.isEqualTo(60_000);
			});
	}

	@Test
	void moreSpecificPoolSettingsWin() {
		this.replicated
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=30",
					"spring.datasource.hikari.minimum-idle=7", "scaling.pool.minimum-idle=5",
					"scaling.pool.idle-timeout=1m", "scaling.replicas.replica-2.pool.maximum-pool-size=4",
					"scaling.primary.pool.connection-timeout=2s")
			.run((context) -> {
				HikariDataSource primary = context.getBean("primaryDataSource", HikariDataSource.class);
				assertThat(primary.getMaximumPoolSize()).isEqualTo(30);
				assertThat(primary.getMinimumIdle()).isEqualTo(5);
				assertThat(primary.getConnectionTimeout()).isEqualTo(2_000);
				HikariDataSource first = context.getBean("replica-1DataSource", HikariDataSource.class);
				assertThat(first.getMaximumPoolSize()).isEqualTo(30);
				assertThat(first.getIdleTimeout()).isEqualTo(60_000);
				HikariDataSource second = context.getBean("replica-2DataSource", HikariDataSource.class);
				assertThat(second.getMaximumPoolSize()).isEqualTo(4);
				assertThat(second.getMinimumIdle()).isEqualTo(4);
			});
	}

	@Test
	void autoCommitIsTheSameEverywhere() {
		this.replicated.withPropertyValues("spring.datasource.hikari.auto-commit=false").run((context) -> {
			assertThat(context.getBean("replica-1DataSource", HikariDataSource.class).isAutoCommit()).isFalse();
			try (var connection = context.getBean(DataSource.class).getConnection()) {
				assertThat(connection.getAutoCommit()).isFalse();
			}
		});
	}

	@Test
	void primaryMayComeFromTheDataSourceProperties() {
		this.contextRunner
			.withPropertyValues("spring.datasource.url=" + PRIMARY, "spring.datasource.username=shop",
					"scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop")
			.run((context) -> {
				assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class);
				assertThat(context.getBean("replica-1DataSource", HikariDataSource.class).getUsername())
					.isEqualTo("shop");
			});
	}

	@Test
	void lazyConnectionFetchIsWhatRoutingDoesAnyway() {
		this.replicated.withPropertyValues("spring.datasource.connection-fetch=lazy").run((context) -> {
			assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class);
			assertThat(context.getBean("primaryDataSource")).isInstanceOf(HikariDataSource.class);
		});
	}

	@Test
	void connectionDetailsTakeThePlaceOfProperties() {
		this.contextRunner.withUserConfiguration(ConnectionDetailsConfiguration.class).run((context) -> {
			assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class);
			HikariDataSource replica = context.getBean("near-replicaDataSource", HikariDataSource.class);
			assertThat(replica.getUsername()).isEqualTo("details");
			assertThat(context.getBean("primaryDataSource", HikariDataSource.class).getJdbcUrl()).isEqualTo(PRIMARY);
		});
	}

	@Test
	void replicasOfAPrimaryThatWasReplacedAreLeftOut() {
		this.replicated.withUserConfiguration(ServiceConnectionConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(HikariDataSource.class);
			assertThat(context.getBean(HikariDataSource.class).getJdbcUrl()).endsWith("/container");
		});
	}

	@Test
	void replicasBesideAServiceConnectionStay() {
		this.contextRunner.withUserConfiguration(ServiceConnectionConfiguration.class)
			.withPropertyValues("scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop")
			.run((context) -> assertThat(context.getBean(DataSource.class)).isInstanceOf(RoutingDataSource.class));
	}

	@Test
	void dataSourceOfTheApplicationBecomesThePrimarysPool() {
		this.contextRunner.withUserConfiguration(OwnDataSourceConfiguration.class)
			.withPropertyValues("scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop")
			.run((context) -> {
				assertThat(context).getBean("dataSource").isInstanceOf(RoutingDataSource.class);
				HikariDataSource primary = context.getBean("primaryDataSource", HikariDataSource.class);
				assertThat(primary.getMaximumPoolSize()).isEqualTo(23);
				assertThat(primary.getPoolName()).isEqualTo("primary");
				assertThat(context.getBean("replica-1DataSource", HikariDataSource.class).getUsername())
					.isEqualTo("own");
			});
	}

	@Test
	void unrelatedDataSourceStaysUntouched() {
		this.replicated.withUserConfiguration(UnrelatedDataSourceConfiguration.class).run((context) -> {
			assertThat(context).getBean("dataSource").isInstanceOf(RoutingDataSource.class);
			assertThat(context).getBean("reporting").isInstanceOf(SimpleDriverDataSource.class);
		});
	}

	@Test
	void transactionAwareProxyStaysOutermost() {
		this.replicated.withBean("transactionAware", TransactionAwarePostProcessor.class).run((context) -> {
			assertThat(context).getBean("dataSource").isInstanceOf(TransactionAwareDataSourceProxy.class);
			assertThat(context.getBean("dataSource", TransactionAwareDataSourceProxy.class).getTargetDataSource())
				.isInstanceOf(RoutingDataSource.class);
		});
	}

	@Test
	void selectorBeanTakesPrecedence() {
		this.replicated
			.withBean("selector", ReplicaSelector.class, () -> (candidates) -> candidates.get(candidates.size() - 1))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void twoDataSourcesOfTheApplicationAreAmbiguous() {
		this.contextRunner.withUserConfiguration(TwoDataSourcesConfiguration.class)
			.withPropertyValues("scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("[orders, users]")
				.hasMessageContaining("@Primary"));
	}

	@Test
	void twoDifferentUrlsOfThePrimaryAreAmbiguous() {
		this.replicated.withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:9/other")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ScalingConfigurationException.class)
				.hasMessageContaining("scaling.primary.url")
				.hasMessageContaining("spring.datasource.url"));
	}

	@Test
	void urlOfThePrimaryBesideABeanIsAmbiguous() {
		this.replicated.withUserConfiguration(OwnDataSourceConfiguration.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(ScalingConfigurationException.class)
				.hasMessageContaining("'dataSource'"));
	}

	@Test
	void h2InTestsIsLeftAlone() {
		this.contextRunner
			.withPropertyValues("spring.datasource.url=jdbc:h2:mem:test",
					"scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(HikariDataSource.class));
	}

	@Test
	void otherDatabasesAreRefused() {
		this.contextRunner
			.withPropertyValues("spring.datasource.url=jdbc:mysql://127.0.0.1/shop?password=secret",
					"spring.datasource.driver-class-name=org.h2.Driver",
					"scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("not PostgreSQL")
				.hasMessageContaining("jdbc:mysql://127.0.0.1/shop")
				.hasMessageNotContaining("secret"));
	}

	@Test
	void jtaIsRefused() {
		this.replicated
			.withInitializer(
					(context) -> ((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("jta",
							BeanDefinitionBuilder.genericBeanDefinition(JtaTransactionManager.class)
								.setLazyInit(true)
								.getBeanDefinition()))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("'jta'"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			scaling.replicas.replica-1.url=jdbc:mysql://h/a?password=secret | scaling.replicas.replica-1.url
			scaling.replicas.replica-1.weight=0                             | scaling.replicas.replica-1.weight
			scaling.replicas.replica-1.weight=1001                          | scaling.replicas.replica-1.weight
			scaling.replicas.primary.url=jdbc:postgresql://h/a              | scaling.replicas.primary
			scaling.replicas.replica-3.weight=1                             | scaling.replicas.replica-3.url
			scaling.routing.selector=fastest                                | scaling.routing.selector
			scaling.routing.release=never                                   | scaling.routing.release
			scaling.pool.connection-timeout=soon                            | scaling.pool.connection-timeout
			""")
	void wrongValueFailsAtStartWithItsProperty(String property, String name) {
		this.replicated.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.satisfies((failure) -> assertThat(messages(failure)).contains(name).doesNotContain("secret")));
	}

	@Test
	void primaryThatCannotBeReachedFailsTheStart() {
		this.replicated.withPropertyValues("scaling.failover.start-without-primary=false")
			.run((context) -> assertThat(context).getFailure().satisfies((failure) -> {
				var analysis = new ScalingConfigurationFailureAnalyzer().analyze(failure);
				assertThat(analysis.getDescription()).contains(PRIMARY).contains("refused");
				assertThat(analysis.getAction()).contains("scaling.failover.start-without-primary");
			}));
	}

	@Test
	void backsOffWithoutHikari() {
		this.replicated.withClassLoader(new FilteredClassLoader(HikariDataSource.class))
			.run((context) -> assertThat(context).doesNotHaveBean(Clusters.class));
	}

	@Test
	void topologyListsTheNodes() {
		this.replicated.withPropertyValues("scaling.replicas.replica-2.weight=3").run((context) -> {
			var topology = context.getBean(Clusters.class).find("main").orElseThrow();
			assertThat(topology.pools()).extracting(NodePool::toString)
				.containsExactly("primary", "replica-1", "replica-2");
			assertThat(topology.pool("replica-2").orElseThrow().node().weight()).isEqualTo(3);
		});
	}

	@Test
	void metaDataProxyIsHinted() {
		RuntimeHints hints = new RuntimeHints();
		new ScalingAutoConfiguration.MetaDataRuntimeHints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(DatabaseMetaData.class)).accepts(hints);
	}

	private static String messages(Throwable failure) {
		StringBuilder messages = new StringBuilder();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			messages.append(cause.getMessage()).append('\n');
		}
		return messages.toString();
	}

	private static HikariDataSource pool(String url) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setUsername("own");
		pool.setMaximumPoolSize(23);
		return pool;
	}

	@Configuration(proxyBeanMethods = false)
	static class ServiceConnectionConfiguration {

		@Bean
		JdbcConnectionDetails containerConnectionDetails() {
			return new JdbcConnectionDetails() {

				@Override
				public String getUsername() {
					return "test";
				}

				@Override
				public String getPassword() {
					return "test";
				}

				@Override
				public String getJdbcUrl() {
					return "jdbc:postgresql://127.0.0.1:1/container";
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnDataSourceConfiguration {

		@Bean
		HikariDataSource dataSource() {
			return pool(PRIMARY);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnrelatedDataSourceConfiguration {

		@Bean(defaultCandidate = false)
		DataSource reporting() {
			return new SimpleDriverDataSource();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoDataSourcesConfiguration {

		@Bean
		HikariDataSource orders() {
			return pool(PRIMARY);
		}

		@Bean
		HikariDataSource users() {
			return pool(PRIMARY);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConnectionDetailsConfiguration {

		@Bean
		ScalingConnectionDetails scalingConnectionDetails() {
			return new ScalingConnectionDetails() {

				@Override
				public Node getPrimary() {
					return new Node() {

						@Override
						public String getJdbcUrl() {
							return PRIMARY;
						}

						@Override
						public String getUsername() {
							return "details";
						}

					};
				}

				@Override
				public Map<String, Node> getReplicas() {
					return Map.of("near-replica", () -> "jdbc:postgresql://127.0.0.1:4/shop");
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PoolConsumerConfiguration {

		@Bean
		PoolConsumer poolConsumer(DataSource dataSource, @Qualifier("primary") DataSource pool) {
			return new PoolConsumer(pool);
		}

	}

	record PoolConsumer(DataSource pool) {

	}

	static class TransactionAwarePostProcessor implements BeanPostProcessor, Ordered {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (beanName.equals("dataSource")) ? new TransactionAwareDataSourceProxy((DataSource) bean) : bean;
		}

		@Override
		public int getOrder() {
			return 10;
		}

	}

}
