package dev.scaling.pool;

import java.util.List;
import java.util.stream.Collectors;

import dev.scaling.routing.NodePool;

/**
 * What the instances of this application may take of the connections of one server, which
 * several nodes may share.
 *
 * @param limits the server
 * @param limit the limit that is reached first
 * @param instances how many instances share the server
 * @param shares the nodes on the server
 * @param verdict whether all of that fits
 * @since 0.1.0
 */
public record ConnectionBudget(ServerLimits limits, Limit limit, int instances, List<Share> shares,
		BudgetVerdict verdict) {

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
	 * How many connections all instances may take of the limit.
	 * @return the sum
	 */
	public long demand() {
		return (long) this.instances * perInstance();
	}

	/**
	 * How many connections all instances would take if no pool had been made smaller.
	 * @return the sum
	 */
	public long configuredDemand() {
		return (long) this.instances * this.limit.perInstance(shares(), true);
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
		String sizes = counted.stream()
			.map((share) -> Integer.toString(share.maximum()))
			.collect(Collectors.joining(" + "));
		int others = counted.stream().mapToInt((share) -> this.limit.others(share)).sum();
		String nodes = counted.stream().map((share) -> share.pool().node().id()).collect(Collectors.joining(", "));
		return this.instances + ((this.instances == 1) ? " instance x (" : " instances x (") + sizes
				+ ((others > 0) ? " + " + others : "") + ") = " + demand()
				+ ((demand() > this.limit.usable()) ? " > " : " <= ") + this.limit.usable() + " usable "
				+ this.limit.describe() + "on " + nodes;
	}

	/**
	 * What can be done about a server that has too few connections.
	 * @return the cure
	 */
	public String cure() {
		String raise = switch (this.limit.scope()) {
			case SERVER -> "raise 'max_connections'";
			case ROLE -> "raise the limit of the role (ALTER ROLE ... CONNECTION LIMIT)";
			case DATABASE -> "raise the limit of the database (ALTER DATABASE ... CONNECTION LIMIT)";
		};
		int share = this.limit.usable() / Math.max(1, this.instances) - this.limit.others(this.shares);
		int pools = this.limit.of(this.shares).size();
		return ((share >= pools) ? "set 'scaling.pool.maximum-pool-size' to " + share / pools
				+ " at most, or 'scaling.budget.mode' to 'fit', or " : "")
				+ "put a pooler such as PgBouncer in front of the server, or " + raise;
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
		DATABASE

	}

	/**
	 * A limit of the server.
	 *
	 * @param scope what it is for
	 * @param name the name of the role or the database, or that of the server's setting
	 * @param usable how many connections it allows
	 */
	public record Limit(Scope scope, String name, int usable) {

		boolean includes(ServerLimits limits) {
			return switch (this.scope) {
				case SERVER -> true;
				case ROLE -> this.name.equals(limits.role());
				case DATABASE -> this.name.equals(limits.database());
			};
		}

		List<Share> of(List<Share> shares) {
			return shares.stream().filter((share) -> includes(share.limits())).toList();
		}

		/**
		 * The connections beside the pool belong to the user of the monitor.
		 */
		int others(Share share) {
			return (this.scope == Scope.ROLE && !share.limits().monitorOfRole()) ? 0 : share.others();
		}

		int others(List<Share> shares) {
			return of(shares).stream().mapToInt(this::others).sum();
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
			};
		}

	}

	/**
	 * What a node takes.
	 *
	 * @param pool the node
	 * @param limits what its server allows it
	 * @param configured the configured size of its pool
	 * @param maximum the size that the pool is given
	 * @param others how many connections there are beside the pool: that of the monitor,
	 * and those that listen to the directories of keyspaces
	 */
	public record Share(NodePool pool, ServerLimits limits, int configured, int maximum, int others) {

		Share withMaximum(int maximum) {
			return new Share(this.pool, this.limits, this.configured, maximum, this.others);
		}

	}

}
