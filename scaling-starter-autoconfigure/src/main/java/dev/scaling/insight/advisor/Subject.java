package dev.scaling.insight.advisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import dev.scaling.insight.advisor.Finding.Step;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.Statements;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import org.jspecify.annotations.Nullable;

/**
 * One cluster in the eyes of the {@link Advisor}.
 *
 * @param cluster the name of the cluster
 * @param evidence all that is known, of this cluster only
 * @param limits the thresholds
 */
record Subject(String cluster, Evidence evidence, Thresholds limits) {

	/**
	 * How many examples of one kind are shown.
	 */
	static final int EXAMPLES = 10;

	@Nullable NodeStatistics primary() {
		return this.evidence.nodes().stream().filter((node) -> node.latest().primary()).findFirst().orElse(null);
	}

	List<NodeStatistics> replicas() {
		return this.evidence.nodes().stream().filter((node) -> !node.latest().primary()).toList();
	}

	/**
	 * Whether reads have somewhere else to go than the primary.
	 */
	boolean isReplicated() {
		return !replicas().isEmpty() || this.evidence.pools().stream().anyMatch((pool) -> !pool.primary());
	}

	/**
	 * Whether each server that answers measures its statements.
	 */
	boolean isProfiled() {
		return !this.evidence.nodes().isEmpty()
				&& this.evidence.nodes().stream().allMatch((node) -> node.latest().statements() != null);
	}

	/**
	 * For how long the statistics have been collected, at least.
	 */
	Duration collected() {
		return this.evidence.nodes()
			.stream()
			.map((node) -> Window.whole(node).length())
			.min(Comparator.naturalOrder())
			.orElse(Duration.ZERO);
	}

	/**
	 * What a day of statistics would make of the given confidence.
	 */
	Confidence confidence(Confidence confidence) {
		return (collected().compareTo(this.limits.profile()) < 0) ? confidence.lower() : confidence;
	}

	List<Step> path(Bottleneck bottleneck, Step... more) {
		List<Step> path = new ArrayList<>();
		path.add(new Step("Is pg_stat_statements enabled, with " + Window.describe(this.limits.profile()) + " of data?",
				profile()));
		path.add(new Step("What is the bottleneck?", bottleneck.description()));
		path.addAll(List.of(more));
		return path;
	}

	String profile() {
		if (this.evidence.nodes().isEmpty()) {
			return "not known: there are no statistics";
		}
		if (!isProfiled()) {
			return "no";
		}
		return (collected().compareTo(this.limits.profile()) < 0) ? "yes, but for " + Window.describe(collected())
				: "yes";
	}

	/**
	 * The window in which the server was busier.
	 */
	Load load(NodeStatistics node, boolean reads) {
		Load whole = load(Window.whole(node));
		Load recent = load(Window.recent(node));
		return ((reads ? recent.reads() - whole.reads() : recent.writes() - whole.writes()) > 0) ? recent : whole;
	}

	private static Load load(Window window) {
		if (window.isProfiled()) {
			double all = window.busy(Statements::totalTime);
			double reads = Math.min(all, window.busy(Statements::readTime));
			return new Load(window, reads, all - reads);
		}
		double active = Math.max(0, window.to().connections().getOrDefault("active", 0) - 1);
		double share = readShare(window);
		return Double.isNaN(share) ? new Load(window, active, 0)
				: new Load(window, active * share, active * (1 - share));
	}

	private static double readShare(Window window) {
		long read = window.growth((statistics) -> statistics.database().rowsFetched());
		long written = window.growth((statistics) -> statistics.database().rowsWritten());
		return (double) read / (read + written);
	}

	/**
	 * The application's own tables that match, of the primary.
	 */
	List<Table> tables() {
		NodeStatistics primary = primary();
		return (primary != null)
				? primary.latest().tables().stream().filter((table) -> !table.name().startsWith("pg_")).toList()
				: List.of();
	}

	static String number(double number) {
		return String.format(Locale.ROOT, (number >= 10 || number == Math.rint(number)) ? "%.0f" : "%.2f", number);
	}

	static String percent(double share) {
		return Double.isNaN(share) ? "unknown" : String.format(Locale.ROOT, "%.0f %%", share * 100);
	}

	static String bytes(double bytes) {
		String[] units = { "B", "kB", "MB", "GB", "TB" };
		int unit = 0;
		double number = bytes;
		while (number >= 1024 && unit < units.length - 1) {
			number /= 1024;
			unit++;
		}
		return String.format(Locale.ROOT, (unit == 0 || number >= 10) ? "%.0f %s" : "%.1f %s", number, units[unit]);
	}

	static String setting(ServerStatistics statistics, String name) {
		return name + " = " + statistics.settings().getOrDefault(name, "unknown");
	}

	/**
	 * How many statements a server executes at the same time, on average.
	 *
	 * @param window when
	 * @param reads those that write no WAL
	 * @param writes the others
	 */
	record Load(Window window, double reads, double writes) {

		double readShare() {
			return this.reads / (this.reads + this.writes);
		}

		boolean isProfiled() {
			return this.window.isProfiled() && this.window.isMeasured();
		}

		String describe() {
			return isProfiled() ? "on average, " + this.window.describe()
					: "at one moment, estimated without pg_stat_statements";
		}

	}

}
