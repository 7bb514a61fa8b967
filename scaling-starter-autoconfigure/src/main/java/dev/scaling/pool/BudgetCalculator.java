package dev.scaling.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import dev.scaling.pool.ConnectionBudget.Limit;
import dev.scaling.pool.ConnectionBudget.Pooled;
import dev.scaling.pool.ConnectionBudget.Scope;
import dev.scaling.pool.ConnectionBudget.Share;
import org.jspecify.annotations.Nullable;

/**
 * Divides the connections of one server or pooler among the instances of this
 * application, and what this instance gets among its pools.
 */
final class BudgetCalculator {

	private BudgetCalculator() {
	}

	/**
	 * Calculates the budget of a server.
	 * @param nodes the nodes on the server with their configured sizes
	 * @param instances how many instances share the server
	 * @param fit whether pools are made smaller so that all instances fit
	 */
	static ConnectionBudget calculate(List<Share> nodes, int instances, boolean fit) {
		return calculate(null, limits(nodes), nodes, instances, fit);
	}

	/**
	 * Calculates the budget of a server that a pooler uses, too.
	 * @param pooled what the pooler may take of a limit
	 */
	static ConnectionBudget calculate(List<Share> nodes, int instances, boolean fit, Function<Limit, Pooled> pooled) {
		Set<Limit> limits = new LinkedHashSet<>();
		limits(nodes).forEach((limit) -> limits.add(limit.withPooled(pooled.apply(limit))));
		return calculate(null, limits, nodes, instances, fit);
	}

	/**
	 * Calculates the budget of a pooler.
	 * @param pooler the pooler
	 * @param nodes the nodes behind the pooler with their configured sizes
	 */
	static ConnectionBudget calculate(PoolerSizes pooler, List<Share> nodes, int instances, boolean fit) {
		return calculate(pooler.limits(), pooler.clientLimits(nodes), nodes, instances, fit);
	}

	private static ConnectionBudget calculate(@Nullable PoolerLimits pooler, Set<Limit> limits, List<Share> nodes,
			int instances, boolean fit) {
		List<Share> shares = new ArrayList<>(nodes);
		if (fit) {
			for (Limit limit : limits) {
				fit(limit, instances, shares);
			}
		}
		Limit tightest = limits.stream()
			.min(Comparator.comparingLong((limit) -> limit.usable() - demand(limit, instances, shares)))
			.orElseThrow();
		return new ConnectionBudget(pooler, nodes.get(0).limits(), tightest, instances, shares,
				verdict(limits, instances, shares));
	}

	private static Set<Limit> limits(List<Share> nodes) {
		Set<Limit> limits = new LinkedHashSet<>();
		limits.add(new Limit(Scope.SERVER, "max_connections", nodes.get(0).limits().usable()));
		for (Share node : nodes) {
			ServerLimits server = node.limits();
			if (server.roleLimit() >= 0) {
				limits.add(new Limit(Scope.ROLE, server.role(), server.roleLimit()));
			}
			if (server.databaseLimit() >= 0) {
				limits.add(new Limit(Scope.DATABASE, server.database(), server.databaseLimit()));
			}
		}
		return limits;
	}

	private static long demand(Limit limit, int instances, List<Share> shares) {
		return (long) instances * limit.perInstance(shares, false) + limit.pooled().most();
	}

	private static BudgetVerdict verdict(Set<Limit> limits, int instances, List<Share> shares) {
		boolean tight = false;
		for (Limit limit : limits) {
			if (demand(limit, instances, shares) > limit.usable()) {
				return BudgetVerdict.EXCEEDED;
			}
			tight |= demand(limit, instances + 1, shares) > limit.usable();
		}
		if (tight) {
			return BudgetVerdict.TIGHT;
		}
		return shares.stream().allMatch((share) -> share.maximum() >= share.configured()) ? BudgetVerdict.FITS
				: BudgetVerdict.FITTED;
	}

	/**
	 * An instance that joins has to find its own share before the others know of it, so
	 * one share stays free, unless there would be none at all then.
	 */
	private static void fit(Limit limit, int instances, List<Share> shares) {
		List<Integer> places = new ArrayList<>();
		for (int i = 0; i < shares.size(); i++) {
			if (limit.includes(shares.get(i)) && !shares.get(i).isPooled()) {
				places.add(i);
			}
		}
		int others = limit.others(shares);
		int usable = limit.usable() - limit.pooled().most();
		int available = usable / (instances + 1) - others;
		if (available < places.size()) {
			available = Math.min(places.size(), usable / instances - others);
		}
		int wanted = places.stream().mapToInt((place) -> shares.get(place).maximum()).sum();
		if (wanted > available) {
			divide(Math.max(places.size(), available), wanted, places, shares);
		}
	}

	/**
	 * Each pool gets one, and of the rest as much as it is wide.
	 */
	private static void divide(int available, int wanted, List<Integer> places, List<Share> shares) {
		int rest = available - places.size();
		int wider = Math.max(1, wanted - places.size());
		int left = rest;
		List<Share> before = List.copyOf(shares);
		for (int place : places) {
			int wish = shares.get(place).maximum() - 1;
			int given = (int) ((long) rest * wish / wider);
			left -= given;
			shares.set(place, shares.get(place).withMaximum(1 + given));
		}
		for (int place : places) {
			Share share = shares.get(place);
			if (left > 0 && share.maximum() < before.get(place).maximum()) {
				shares.set(place, share.withMaximum(share.maximum() + 1));
				left--;
			}
		}
	}

}
