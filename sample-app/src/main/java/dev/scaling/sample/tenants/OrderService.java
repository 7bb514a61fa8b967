package dev.scaling.sample.tenants;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;

import dev.scaling.Keyspace;
import dev.scaling.OnAllShards;
import dev.scaling.ShardKey;

import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The orders in the database: a method with a tenant works on the tenant's shard.
 */
@Service
@Profile("shards")
@Keyspace("tenants")
class OrderService {

	/**
	 * The order of {@link #findLargest}. It leaves out what only breaks ties on a shard,
	 * because Java and PostgreSQL order UUIDs differently.
	 */
	static final Comparator<Order> LARGEST_FIRST = Comparator.comparing(Order::total).reversed();

	private final JdbcClient jdbc;

	OrderService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	Order create(@ShardKey String tenant, BigDecimal total) {
		return this.jdbc.sql("INSERT INTO orders (tenant, total) VALUES (?, ?) RETURNING id, tenant, total, created_at")
			.params(tenant, total)
			.query(Order.class)
			.single();
	}

	@Transactional(readOnly = true)
	List<Order> findAll(@ShardKey String tenant) {
		return this.jdbc
			.sql("SELECT id, tenant, total, created_at FROM orders WHERE tenant = ? ORDER BY created_at, id")
			.param(tenant)
			.query(Order.class)
			.list();
	}

	/**
	 * Find the largest orders of one shard, the one that the caller has chosen.
	 * @param limit how many
	 * @return the orders of all tenants on this shard
	 */
	@Transactional(readOnly = true)
	List<Order> findLargest(int limit) {
		return this.jdbc.sql("SELECT id, tenant, total, created_at FROM orders ORDER BY total DESC, id LIMIT ?")
			.param(limit)
			.query(Order.class)
			.list();
	}

	@OnAllShards(keyspace = "tenants")
	@Transactional(readOnly = true)
	long count() {
		return this.jdbc.sql("SELECT count(*) FROM orders").query(Long.class).single();
	}

}
