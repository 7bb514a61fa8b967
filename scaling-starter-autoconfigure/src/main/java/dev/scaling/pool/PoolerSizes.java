package dev.scaling.pool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

import dev.scaling.pool.ConnectionBudget.Limit;
import dev.scaling.pool.ConnectionBudget.Pooled;
import dev.scaling.pool.ConnectionBudget.Scope;
import dev.scaling.pool.ConnectionBudget.Share;
import dev.scaling.pool.pgbouncer.PgBouncerStatus;
import dev.scaling.pool.pgbouncer.PgBouncerStatus.Database;
import dev.scaling.pool.pgbouncer.PgBouncerStatus.User;
import org.jspecify.annotations.Nullable;

/**
 * How many clients a PgBouncer accepts, and how many connections it may make to servers.
 */
final class PoolerSizes {

	/**
	 * The console knows its own clients apart, and lets them in although it counts them.
	 */
	private static final int CONSOLE = 1;

	private static final int DEFAULT_CLIENTS = 100;

	private final PgBouncerStatus status;

	PoolerSizes(PgBouncerStatus status) {
		this.status = status;
	}

	PoolerLimits limits() {
		return new PoolerLimits(setting("max_client_conn", DEFAULT_CLIENTS),
				(int) this.status.clients().values().stream().mapToLong(Long::longValue).sum());
	}

	/**
	 * What limits the clients.
	 * @param nodes the nodes whose pools are clients
	 */
	Set<Limit> clientLimits(List<Share> nodes) {
		Set<Limit> limits = new LinkedHashSet<>();
		limits.add(new Limit(Scope.POOLER, "max_client_conn", limits().maxClients(), Pooled.NONE, CONSOLE));
		for (Share node : nodes) {
			int ofUser = user(node.user()).map(User::maximumClients)
				.orElseGet(() -> setting("max_user_client_connections", 0));
			if (ofUser > 0) {
				limits.add(new Limit(Scope.POOLER_USER, node.user(), ofUser, Pooled.NONE, 0));
			}
			database(node).filter((database) -> database.maximumClients() > 0)
				.ifPresent((database) -> limits.add(new Limit(Scope.POOLER_DATABASE, database.name(),
						(int) database.maximumClients(), Pooled.NONE, 0)));
		}
		return limits;
	}

	/**
	 * How many connections there may be to the servers of nodes, by each limit of these
	 * servers. A database and a user count if they have been seen together, or are those
	 * of a node.
	 * @param limit the limit
	 * @param onServer the nodes on the server
	 * @param all all nodes that lead through the PgBouncer
	 */
	Pooled pooled(Limit limit, List<Share> onServer, List<Share> all) {
		Set<String> servers = new LinkedHashSet<>();
		onServer.forEach((node) -> database(node).ifPresent((database) -> servers.add(server(database))));
		BiPredicate<Database, String> counts = (database, user) -> servers.contains(server(database))
				&& switch (limit.scope()) {
					case ROLE -> limit.name().equals(user);
					case DATABASE -> limit.name().equals(database.database());
					default -> true;
				};
		Map<String, Integer> ofDatabases = new LinkedHashMap<>();
		Map<String, Integer> ofUsers = new LinkedHashMap<>();
		for (Map.Entry<String, Set<String>> entry : users(all).entrySet()) {
			Database database = Objects.requireNonNull(database(entry.getKey()).orElse(null));
			int sum = 0;
			for (String user : entry.getValue()) {
				if (counts.test(database, user)) {
					int size = size(database, user);
					sum += size;
					ofUsers.merge(user, size, Integer::sum);
				}
			}
			if (sum > 0) {
				ofDatabases.put(entry.getKey(), atMost(sum, database.maximum()));
			}
		}
		int most = ofDatabases.values().stream().mapToInt(Integer::intValue).sum();
		int byUsers = 0;
		for (Map.Entry<String, Integer> entry : ofUsers.entrySet()) {
			byUsers += atMost(entry.getValue(),
					user(entry.getKey()).map(User::maximum).orElseGet(() -> setting("max_user_connections", 0)));
		}
		return new Pooled(new ArrayList<>(ofDatabases.values()), Math.min(most, byUsers));
	}

	/**
	 * The users that log in to the server, by the name of the database.
	 */
	private Map<String, Set<String>> users(List<Share> nodes) {
		Map<String, Set<String>> users = new LinkedHashMap<>();
		for (Share node : nodes) {
			database(node).ifPresent((database) -> add(users, database, node.user()));
		}
		for (PgBouncerStatus.Pool pool : this.status.pools()) {
			database(pool.database()).ifPresent((database) -> add(users, database, pool.user()));
		}
		return users;
	}

	private static void add(Map<String, Set<String>> users, Database database, String user) {
		if (!database.disabled()) {
			String forced = database.user();
			users.computeIfAbsent(database.name(), (name) -> new LinkedHashSet<>())
				.add((forced != null) ? forced : user);
		}
	}

	private int size(Database database, String name) {
		Optional<User> user = user(name);
		long size = user.map(User::poolSize).orElse(database.poolSize());
		long reserve = user.map(User::reserve).orElse(database.reserve());
		return (int) (size + reserve);
	}

	private static int atMost(int value, long limit) {
		return (limit > 0) ? (int) Math.min(value, limit) : value;
	}

	private static String server(Database database) {
		return database.host() + ":" + database.port();
	}

	private Optional<Database> database(Share node) {
		PoolerUrl url = PoolerUrl.of(node.pool().node().url());
		return database((url != null) ? url.database() : null);
	}

	private Optional<Database> database(@Nullable String name) {
		return this.status.databases().stream().filter((database) -> database.name().equals(name)).findFirst();
	}

	private Optional<User> user(String name) {
		return this.status.users().stream().filter((user) -> user.name().equals(name)).findFirst();
	}

	private int setting(String name, int defaultValue) {
		String value = this.status.configuration().get(name);
		try {
			return (value != null) ? Integer.parseInt(value) : defaultValue;
		}
		catch (NumberFormatException ex) {
			return defaultValue;
		}
	}

}
