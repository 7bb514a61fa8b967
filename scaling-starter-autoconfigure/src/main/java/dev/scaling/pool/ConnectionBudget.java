package dev.scaling.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.scaling.routing.NodePool;
import org.jspecify.annotations.Nullable;

/**
 * What the instances of this application may take of the connections of one server, which
 * several nodes may share, or of one pooler.
 *
 * @param pooler the pooler whose clients the pools of the nodes are, or {@code null} if
 * the connections are those of a server
 * @param limits the server, or that of the first node behind the pooler
 * @param limit the limit that is reached first
 * @param instances how many instances share the server or the pooler
 * @param shares the nodes on the server or behind the pooler
 * @param verdict whether all of that fits
 * @since 0.1.0
 */
public record ConnectionBudget(@Nullable PoolerLimits pooler, ServerLimits limits, Limit limit, int instances,
		List<Share> shares, BudgetVerdict verdict) {

	public ConnectionBudget {
		shares = List.copyOf(shares);
	}

	/**
	 * How many connections one instance may take of the limit.
	 * @return the sum of its pools and its monitor's connections
	 */
	public int perInstance() {
		return this.limit.perInstance(shares(), false);
	}

	/**
	 * How many connections all instances may take of the limit, with those of a pooler
	 * between them and the server.
	 * @return the sum
	 */
	public long demand() {
		return (long) this.instances * perInstance() + this.limit.pooled().most();
	}

	/**
	 * How many connections all instances would take if no pool had been made smaller.
	 * @return the sum
	 */
	public long configuredDemand() {
		return (long) this.instances * this.limit.perInstance(shares(), true) + this.limit.pooled().most();
	}

	/**
	 * Whether the limit is exceeded by what a pooler may take of the server: no pool of
	 * the application changes that, but the pooler's settings do.
	 * @return {@code true} if all would fit without the pooler's connections
	 */
	public boolean isExceededByPooler() {
		return demand() > this.limit.usable() && demand() - this.limit.pooled().most() <= this.limit.usable();
	}

	/**
	 * How many of the connections a pooler can have for each node on the server: the
	 * monitors go past it, and the nodes share what is left.
	 * @return the number, 1 or more
	 */
	public int poolSize() {
		int others = this.shares.stream().mapToInt(Share::others).sum();
		return Math.max(1, (this.limit.usable() - this.instances * others) / this.shares.size());
	}

	/**
	 * The arithmetic in one sentence, such as
	 * {@code 12 instances x (10 + 1) = 132 > 97 usable on primary}.
	 * @return the sentence, with the configured sizes unless the pools were made smaller
	 * and fit
	 */
	public String arithmetic() {
		List<Share> counted = this.limit.of(shares());
		List<String> sizes = new ArrayList<>();
		counted.stream()
			.filter((share) -> !share.isPooled())
			.forEach((share) -> sizes.add(Integer.toString(share.maximum())));
		int others = this.limit.others(shares());
		if (others > 0) {
			sizes.add(Integer.toString(others));
		}
		String pooled = this.limit.pooled().describe();
		if (sizes.isEmpty() && pooled.isEmpty()) {
			sizes.add("0");
		}
		String own = sizes.isEmpty() ? "" : this.instances
				+ ((this.instances == 1) ? " instance x (" : " instances x (") + String.join(" + ", sizes) + ")";
		String nodes = counted.stream().map((share) -> share.pool().node().id()).collect(Collectors.joining(", "));
		return pooled + ((!pooled.isEmpty() && !own.isEmpty()) ? " + " : "") + own + " = " + demand()
				+ ((demand() > this.limit.usable()) ? " > " : " <= ") + this.limit.usable() + " usable "
				+ this.limit.describe() + "on " + nodes;
	}

	/**
	 * What can be done about a server or a pooler that has too few connections.
	 * @return the cure
	 */
	public String cure() {
		String raise = switch (this.limit.scope()) {
			case SERVER -> "raise 'max_connections'";
			case ROLE -> "raise the limit of the role (ALTER ROLE ... CONNECTION LIMIT)";
			case DATABASE -> "raise the limit of the database (ALTER DATABASE ... CONNECTION LIMIT)";
			case POOLER -> "raise 'max_client_conn' of PgBouncer, and its limit of open files";
			case POOLER_USER -> "raise 'max_user_client_connections' of PgBouncer";
			case POOLER_DATABASE -> "raise 'max_db_client_connections' of PgBouncer";
		};
		if (isExceededByPooler()) {
			long room = this.limit.usable() - (long) this.instances * perInstance();
			int databases = this.limit.pooled().sizes().size();
			return "lower 'default_pool_size', 'reserve_pool_size' or the 'pool_size' of databases of PgBouncer"
					+ ((room >= databases) ? ", or set its 'max_db_connections' to " + room / databases + " at most"
							: "")
					+ ", or " + raise;
		}
		long free = (long) this.limit.usable() - this.limit.pooled().most();
		long share = free / Math.max(1, this.instances) - this.limit.others(this.shares);
		long pools = this.limit.of(this.shares).stream().filter((node) -> !node.isPooled()).count();
		return ((pools > 0 && share >= pools) ? "set 'scaling.pool.maximum-pool-size' to " + share / pools
				+ " at most, or 'scaling.budget.mode' to 'fit', or " : "")
				+ ((this.pooler == null) ? "put a pooler such as PgBouncer in front of the server, or " : "") + raise;
	}

	/**
	 * What a limit is for.
	 */
	public enum Scope {

		/**
		 * All connections to the server.
		 */
		SERVER,

		/**
		 * The connections of a role.
		 */
		ROLE,

		/**
		 * The connections to a database.
		 */
		DATABASE,

		/**
		 * All clients of a pooler.
		 */
		POOLER,

		/**
		 * The clients of a pooler that are one user.
		 */
		POOLER_USER,

		/**
		 * The clients of a pooler that use one database.
		 */
		POOLER_DATABASE

	}

	/**
	 * A limit of the server or the pooler.
	 *
	 * @param scope what it is for
	 * @param name the name of the user or the database, or that of the setting
	 * @param usable how many connections it allows
	 * @param pooled what a pooler may take of it
	 * @param beside how many connections each instance takes of it that belong to no
	 * node: that to the pooler's console
	 */
	public record Limit(Scope scope, String name, int usable, Pooled pooled, int beside) {

		Limit(Scope scope, String name, int usable) {
			this(scope, name, usable, Pooled.NONE, 0);
		}

		Limit withPooled(Pooled pooled) {
			return new Limit(this.scope, this.name, this.usable, pooled, this.beside);
		}

		boolean includes(Share share) {
			return switch (this.scope) {
				case SERVER, POOLER -> true;
				case ROLE -> this.name.equals(share.limits().role());
				case DATABASE -> this.name.equals(share.limits().database());
				case POOLER_USER -> this.name.equals(share.user());
				case POOLER_DATABASE -> {
					PoolerUrl url = PoolerUrl.of(share.pool().node().url());
					yield url != null && this.name.equals(url.database());
				}
			};
		}

		List<Share> of(List<Share> shares) {
			return shares.stream().filter(this::includes).toList();
		}

		/**
		 * The connections beside the pool belong to the user of the monitor.
		 */
		int others(Share share) {
			boolean ofRole = this.scope == Scope.ROLE || this.scope == Scope.POOLER_USER;
			return (ofRole && !share.limits().monitorOfRole()) ? 0 : share.others();
		}

		int others(List<Share> shares) {
			return of(shares).stream().mapToInt(this::others).sum() + this.beside;
		}

		int perInstance(List<Share> shares, boolean configured) {
			return of(shares).stream().mapToInt((share) -> configured ? share.configured() : share.maximum()).sum()
					+ others(shares);
		}

		String describe() {
			return switch (this.scope) {
				case SERVER -> "";
				case ROLE -> "for role " + this.name + " ";
				case DATABASE -> "for database " + this.name + " ";
				case POOLER -> "by 'max_client_conn' of PgBouncer ";
				case POOLER_USER -> "for user " + this.name + " of PgBouncer ";
				case POOLER_DATABASE -> "for database " + this.name + " of PgBouncer ";
			};
		}

	}

	/**
	 * What a pooler may take of a limit of the server.
	 *
	 * @param sizes the connections of each of its databases
	 * @param most how many they are together, or fewer if the pooler has a limit for its
	 * users
	 */
	public record Pooled(List<Integer> sizes, int most) {

		static final Pooled NONE = new Pooled(List.of(), 0);

		public Pooled {
			sizes = List.copyOf(sizes);
		}

		String describe() {
			if (this.sizes.isEmpty()) {
				return "";
			}
			boolean fewer = this.sizes.stream().mapToInt(Integer::intValue).sum() > this.most;
			return "PgBouncer ("
					+ this.sizes.stream().map((size) -> Integer.toString(size)).collect(Collectors.joining(" + "))
					+ (fewer ? ", " + this.most + " at most" : "") + ")";
		}

	}

	/**
	 * What a node takes.
	 *
	 * @param pool the node
	 * @param limits what its server allows it
	 * @param configured the configured size of its pool, or 0 if the connections of its
	 * pool are those of a pooler
	 * @param maximum the size that the pool is given, or 0
	 * @param others how many connections there are beside the pool: that of the monitor,
	 * and those that listen to the directories of keyspaces
	 */
	public record Share(NodePool pool, ServerLimits limits, int configured, int maximum, int others) {

		/**
		 * Whether the pool takes nothing of the server itself, as a pooler is between.
		 * @return {@code true} if only {@link #others()} are connections to the server
		 */
		public boolean isPooled() {
			return this.configured == 0;
		}

		/**
		 * The user of the pool.
		 */
		String user() {
			String username = this.pool.username();
			return (username != null) ? username : this.limits.role();
		}

		Share withMaximum(int maximum) {
			return new Share(this.pool, this.limits, this.configured, maximum, this.others);
		}

	}

}
