package dev.scaling.pool;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.scaling.pool.ConnectionBudget.Scope;
import dev.scaling.pool.ConnectionBudget.Share;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.Server;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BudgetCalculator}.
 */
class BudgetCalculatorTests {

	private static final Server SERVER = new Server(1, "127.0.0.1", 5432, Instant.EPOCH);

	private static final int NO_LIMIT = -1;

	@Property
	void sharesOfAllInstancesFitUnlessNotEvenTheSmallestDo(@ForAll @IntRange(min = 0, max = 600) int usable,
			@ForAll @IntRange(min = -1, max = 300) int roleLimit,
			@ForAll @IntRange(min = -1, max = 300) int databaseLimit,
			@ForAll @IntRange(min = 1, max = 40) int instances, @ForAll @IntRange(min = 0, max = 2) int others,
			@ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 60) Integer> sizes) {
		List<Share> nodes = nodes(usable, roleLimit, databaseLimit, others, sizes);
		ConnectionBudget budget = BudgetCalculator.calculate(nodes, instances, true);
		for (Share share : budget.shares()) {
			assertThat(share.maximum()).isBetween(1, share.configured());
		}
		long smallest = (long) instances * (sizes.size() * (1 + others));
		int least = least(usable, roleLimit, databaseLimit);
		assertThat(budget.verdict() == BudgetVerdict.EXCEEDED).isEqualTo(smallest > least);
		if (budget.verdict() != BudgetVerdict.EXCEEDED) {
			assertThat(budget.demand()).isLessThanOrEqualTo(least);
			assertThat(budget.arithmetic()).contains(" <= ");
		}
	}

	@Property
	void oneInstanceMayJoinUnlessThatIsSaid(@ForAll @IntRange(min = 0, max = 600) int usable,
			@ForAll @IntRange(min = 1, max = 40) int instances, @ForAll @IntRange(min = 0, max = 2) int others,
			@ForAll boolean fit, @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 60) Integer> sizes) {
		ConnectionBudget budget = BudgetCalculator.calculate(nodes(usable, NO_LIMIT, NO_LIMIT, others, sizes),
				instances, fit);
		boolean room = (instances + 1L) * budget.perInstance() <= usable;
		boolean fits = budget.verdict() == BudgetVerdict.FITS || budget.verdict() == BudgetVerdict.FITTED;
		assertThat(fits).isEqualTo(room);
	}

	@Property
	void nothingIsLeftThatAnInstanceCouldHave(@ForAll @IntRange(min = 0, max = 600) int usable,
			@ForAll @IntRange(min = 1, max = 40) int instances, @ForAll @IntRange(min = 0, max = 2) int others,
			@ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 60) Integer> sizes) {
		ConnectionBudget budget = BudgetCalculator.calculate(nodes(usable, NO_LIMIT, NO_LIMIT, others, sizes),
				instances, true);
		int wanted = sizes.stream().mapToInt(Integer::intValue).sum();
		int share = usable / (instances + 1) - others * sizes.size();
		if (share >= sizes.size()) {
			assertThat(sum(budget)).isEqualTo(Math.min(wanted, share));
		}
	}

	@Property
	void poolsOfOneSizeAreTreatedAlike(@ForAll @IntRange(min = 0, max = 600) int usable,
			@ForAll @IntRange(min = 1, max = 40) int instances, @ForAll @IntRange(min = 1, max = 60) int size,
			@ForAll @IntRange(min = 1, max = 8) int nodes) {
		List<Integer> sizes = new ArrayList<>();
		for (int i = 0; i < nodes; i++) {
			sizes.add(size);
		}
		ConnectionBudget budget = BudgetCalculator.calculate(nodes(usable, NO_LIMIT, NO_LIMIT, 1, sizes), instances,
				true);
		int[] maxima = budget.shares().stream().mapToInt(Share::maximum).sorted().toArray();
		assertThat(maxima[maxima.length - 1] - maxima[0]).isLessThanOrEqualTo(1);
	}

	@Property
	void widerPoolGetsNoLess(@ForAll @IntRange(min = 0, max = 600) int usable,
			@ForAll @IntRange(min = 1, max = 40) int instances, @ForAll @IntRange(min = 1, max = 60) int size,
			@ForAll @IntRange(min = 1, max = 60) int more) {
		ConnectionBudget budget = BudgetCalculator
			.calculate(nodes(usable, NO_LIMIT, NO_LIMIT, 1, List.of(size + more, size)), instances, true);
		assertThat(budget.shares().get(0).maximum()).isGreaterThanOrEqualTo(budget.shares().get(1).maximum());
	}

	@Property
	void moreInstancesLeaveNoMoreAndMoreConnectionsNoLess(@ForAll @IntRange(min = 0, max = 600) int usable,
			@ForAll @IntRange(min = 1, max = 40) int instances, @ForAll @IntRange(min = 0, max = 2) int others,
			@ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 60) Integer> sizes) {
		int now = sum(BudgetCalculator.calculate(nodes(usable, NO_LIMIT, NO_LIMIT, others, sizes), instances, true));
		assertThat(
				sum(BudgetCalculator.calculate(nodes(usable, NO_LIMIT, NO_LIMIT, others, sizes), instances + 1, true)))
			.isLessThanOrEqualTo(now);
		assertThat(
				sum(BudgetCalculator.calculate(nodes(usable + 1, NO_LIMIT, NO_LIMIT, others, sizes), instances, true)))
			.isGreaterThanOrEqualTo(now);
	}

	@Property
	void poolsKeepTheirSizeUnlessTheyAreToFit(@ForAll @IntRange(min = 0, max = 600) int usable,
			@ForAll @IntRange(min = 1, max = 40) int instances,
			@ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 60) Integer> sizes) {
		ConnectionBudget budget = BudgetCalculator.calculate(nodes(usable, NO_LIMIT, NO_LIMIT, 1, sizes), instances,
				false);
		assertThat(budget.shares()).extracting(Share::maximum).isEqualTo(sizes);
		assertThat(budget.demand()).isEqualTo(budget.configuredDemand());
		assertThat(budget.verdict() == BudgetVerdict.EXCEEDED).isEqualTo(budget.demand() > usable);
	}

	@Example
	void limitThatIsReachedFirstIsShown() {
		ConnectionBudget budget = BudgetCalculator.calculate(nodes(97, 50, 60, 1, List.of(10)), 12, false);
		assertThat(budget.limit().scope()).isEqualTo(Scope.ROLE);
		assertThat(budget.arithmetic()).isEqualTo("12 instances x (10 + 1) = 132 > 50 usable for role shop on node-0");
		assertThat(budget.cure()).contains("'scaling.pool.maximum-pool-size' to 3 at most", "ALTER ROLE");
	}

	@Example
	void articleOfTwelveInstances() {
		ConnectionBudget budget = BudgetCalculator.calculate(nodes(97, NO_LIMIT, NO_LIMIT, 1, List.of(10)), 12, true);
		assertThat(budget.arithmetic()).isEqualTo("12 instances x (6 + 1) = 84 <= 97 usable on node-0");
		assertThat(budget.verdict()).isEqualTo(BudgetVerdict.FITTED);
	}

	private static int least(int usable, int roleLimit, int databaseLimit) {
		int least = usable;
		least = (roleLimit >= 0) ? Math.min(least, roleLimit) : least;
		return (databaseLimit >= 0) ? Math.min(least, databaseLimit) : least;
	}

	private static int sum(ConnectionBudget budget) {
		return budget.shares().stream().mapToInt(Share::maximum).sum();
	}

	/**
	 * Nodes on one server whose monitor is of the same role.
	 */
	private static List<Share> nodes(int usable, int roleLimit, int databaseLimit, int others, List<Integer> sizes) {
		ServerLimits limits = new ServerLimits(SERVER, usable, 0, "shop", roleLimit, "shop", databaseLimit, true, 0, 0,
				0, 0);
		List<Share> nodes = new ArrayList<>();
		for (int size : sizes) {
			Node node = new Node("node-" + nodes.size(), Node.MAIN_CLUSTER, NodeRole.PRIMARY, null, 1, true);
			nodes.add(new Share(new NodePool(node, new PGSimpleDataSource()), limits, size, size, others));
		}
		return nodes;
	}

}
