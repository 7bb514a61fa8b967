package dev.scaling.starter.sharding.documentation;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.scaling.RoutingContext;
import dev.scaling.ShardMove;
import dev.scaling.Shards;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Work of the examples without annotations.
 */
class UserTasks {

	private final Shards shards;

	private final UserService users;

	private final JdbcTemplate jdbcTemplate;

	private final TransactionTemplate read;

	UserTasks(Shards shards, UserService users, JdbcTemplate jdbcTemplate, PlatformTransactionManager manager) {
		this.shards = shards;
		this.users = users;
		this.jdbcTemplate = jdbcTemplate;
		this.read = new TransactionTemplate(manager);
		this.read.setReadOnly(true);
	}

	String inCode(List<Long> ids) {
		// tag::code[]
		String name = this.shards.call(42L, () -> this.users.username(42));
		this.shards.group(ids).forEach((shard, some) -> this.shards.runOn(shard, () -> this.users.touch(some)));
		RoutingContext.atKey("users", 42L).run(() -> this.users.touch(List.of(42L)));
		// end::code[]
		return name;
	}

	long gathered(List<User> users) {
		// tag::gather[]
		Map<String, Long> perShard = this.shards.gather((shard) -> this.users.countHere()).perShard();
		List<User> newest = this.shards
			.gatherSorted(Comparator.comparingLong(User::id).reversed(), this::readByIdDescending)
			.list(0, 20);
		// end::gather[]
		users.addAll(newest);
		return perShard.values().stream().mapToLong(Long::longValue).sum();
	}

	ShardMove move() {
		// tag::move[]
		ShardMove move = this.shards.of("tenants").directory().move("acme", "shard-1");
		// end::move[]
		return move;
	}

	private void readByIdDescending(String shard, Consumer<User> users) {
		this.read.executeWithoutResult(
				(status) -> this.jdbcTemplate.query("SELECT id, username FROM users ORDER BY id DESC LIMIT 20",
						(RowCallbackHandler) (row) -> users.accept(new User(row.getLong(1), row.getString(2)))));
	}

}
