package dev.scaling.sample.profiles;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The customers in the database: what only reads does so from a replica.
 */
@Service
class ProfileService {

	private static final TypeReference<List<Order>> ORDERS = new TypeReference<>() {
	};

	private final JdbcClient jdbc;

	private final JsonMapper json;

	ProfileService(JdbcClient jdbc, JsonMapper json) {
		this.jdbc = jdbc;
		this.json = json;
	}

	@Transactional(readOnly = true)
	Optional<Profile> find(long id) {
		return this.jdbc.sql("SELECT id, username, email, created_at FROM users WHERE id = ?")
			.param(id)
			.query(Profile.class)
			.optional();
	}

	@Transactional
	Profile create(String username, String email) {
		return this.jdbc
			.sql("INSERT INTO users (username, email) VALUES (?, ?) RETURNING id, username, email, created_at")
			.params(username, email)
			.query(Profile.class)
			.single();
	}

	@Transactional
	boolean updateEmail(long id, String email) {
		return this.jdbc.sql("UPDATE users SET email = ?, updated_at = now() WHERE id = ?")
			.params(email, id)
			.update() == 1;
	}

	@Transactional(readOnly = true)
	List<ProfileWithOrders> listByJoin(int limit) {
		return this.jdbc.sql("""
				SELECT
				    u.id,
				    u.username,
				    json_agg(json_build_object(
				        'id', o.id,
				        'total', o.total,
				        'createdAt', o.created_at
				    ) ORDER BY o.id) FILTER (WHERE o.id IS NOT NULL) AS orders
				FROM users u
				LEFT JOIN orders o ON o.user_id = u.id
				GROUP BY u.id, u.username
				ORDER BY u.id
				LIMIT ?
				""")
			.param(limit)
			.query((row, number) -> new ProfileWithOrders(row.getLong("id"), row.getString("username"),
					parseOrders(row.getString("orders"))))
			.list();
	}

	@Transactional(readOnly = true)
	List<ProfileWithOrders> listByBatch(int limit) {
		List<User> users = findUsers(limit);
		Map<Long, List<Order>> orders = findOrders(users.stream().map(User::id).toArray(Long[]::new));
		return users.stream()
			.map((user) -> new ProfileWithOrders(user.id(), user.username(), orders.getOrDefault(user.id(), List.of())))
			.toList();
	}

	/**
	 * The bad way: one statement for the customers, and one more for each of them.
	 */
	@Transactional(readOnly = true)
	List<ProfileWithOrders> listOneByOne(int limit) {
		return findUsers(limit).stream()
			.map((user) -> new ProfileWithOrders(user.id(), user.username(),
					this.jdbc.sql("SELECT id, total, created_at FROM orders WHERE user_id = ? ORDER BY id")
						.param(user.id())
						.query((row, number) -> toOrder(row))
						.list()))
			.toList();
	}

	private List<User> findUsers(int limit) {
		return this.jdbc.sql("SELECT id, username FROM users ORDER BY id LIMIT ?")
			.param(limit)
			.query(User.class)
			.list();
	}

	private Map<Long, List<Order>> findOrders(Long[] userIds) {
		return this.jdbc.sql("SELECT user_id, id, total, created_at FROM orders WHERE user_id = ANY(?) ORDER BY id")
			.param(userIds)
			.query((row, number) -> Map.entry(row.getLong("user_id"), toOrder(row)))
			.list()
			.stream()
			.collect(Collectors.groupingBy(Map.Entry::getKey,
					Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
	}

	private Order toOrder(ResultSet row) throws SQLException {
		return new Order(row.getLong("id"), row.getBigDecimal("total"), row.getTimestamp("created_at").toInstant());
	}

	private List<Order> parseOrders(@Nullable String orders) {
		return (orders != null) ? this.json.readValue(orders, ORDERS) : List.of();
	}

	private record User(long id, String username) {

	}

}
