package dev.scaling.benchmarks.contender.spring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.scaling.benchmarks.contender.Nodes;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A routing {@code DataSource} behind a lazy proxy, so that the transaction is known when
 * a node is chosen; a replica is chosen at random.
 */
@Configuration(proxyBeanMethods = false)
class RoutingRecipeConfiguration {

	@Bean
	LazyConnectionDataSourceProxy dataSource(Nodes nodes, Environment environment) {
		Routing routing = new Routing(nodes, environment);
		return new LazyProxy(routing);
	}

	/**
	 * The lazy proxy, which closes the pools.
	 */
	private static final class LazyProxy extends LazyConnectionDataSourceProxy implements DisposableBean {

		private final Routing routing;

		private LazyProxy(Routing routing) {
			super(routing);
			this.routing = routing;
		}

		@Override
		public void destroy() {
			this.routing.pools.forEach(HikariDataSource::close);
		}

	}

	/**
	 * Chooses the node.
	 */
	private static final class Routing extends AbstractRoutingDataSource {

		private static final Integer PRIMARY = -1;

		private final List<HikariDataSource> pools = new ArrayList<>();

		private final int replicas;

		private Routing(Nodes nodes, Environment environment) {
			HikariDataSource primary = Pools.pool("primary", nodes.primary(), nodes, environment);
			this.pools.add(primary);
			this.replicas = nodes.replicas().size();
			Map<Object, Object> targets = new HashMap<>();
			targets.put(PRIMARY, primary);
			for (int i = 0; i < this.replicas; i++) {
				HikariDataSource replica = Pools.pool("replica-" + (i + 1), nodes.replicas().get(i), nodes,
						environment);
				this.pools.add(replica);
				targets.put(i, replica);
			}
			setTargetDataSources(targets);
			setDefaultTargetDataSource((DataSource) primary);
			afterPropertiesSet();
		}

		@Override
		protected Object determineCurrentLookupKey() {
			return TransactionSynchronizationManager.isCurrentTransactionReadOnly()
					? ThreadLocalRandom.current().nextInt(this.replicas) : PRIMARY;
		}

	}

}
