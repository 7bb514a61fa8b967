package dev.scaling.insight.advisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.scaling.insight.advisor.Evidence.Budget;
import dev.scaling.insight.advisor.Evidence.Pool;
import dev.scaling.insight.advisor.Evidence.Pooler;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import dev.scaling.pool.BudgetVerdict;
import org.jspecify.annotations.Nullable;

/**
 * Too many connections, and waiting for one.
 */
final class ConnectionRules implements Rule {

	private static final double NEARLY_ALL = 0.95;

	@Override
	public List<Finding> find(Subject subject) {
		List<Finding> findings = new ArrayList<>();
		for (Budget budget : subject.evidence().budgets()) {
			if (budget.verdict() == BudgetVerdict.EXCEEDED || budget.verdict() == BudgetVerdict.TIGHT) {
				findings.add(budget(subject, budget));
			}
		}
		Finding connections = connections(subject);
		if (connections != null) {
			findings.add(connections);
		}
		Finding pools = pools(subject);
		if (pools != null) {
			findings.add(pools);
		}
		for (Pooler pooler : subject.evidence().poolers()) {
			findings.add(finding(subject, "pgbouncer-" + pooler.id(), Severity.MEDIUM, Confidence.HIGH,
					"PgBouncer does not serve its clients as it should", List.of(pooler.summary()), pooler.action(),
					List.of("Look at /actuator/scalingpgbouncer")));
		}
		return findings;
	}

	private static Finding budget(Subject subject, Budget budget) {
		boolean exceeded = budget.verdict() == BudgetVerdict.EXCEEDED;
		String title = "There is no room for one more instance";
		List<String> next = new ArrayList<>();
		if (budget.isOfPooler()) {
			next.add(capitalize(budget.cure()));
			title = exceeded ? "The instances may make more connections than PgBouncer accepts" : title;
		}
		else if (budget.pooled()) {
			next.add(capitalize(budget.cure()));
			title = "PgBouncer may take more connections than the server has";
		}
		else {
			next.addAll(pooler(subject, budget));
			if (exceeded) {
				next.add("Without a pooler: " + budget.cure());
				title = "The instances may take more connections than the server has";
			}
		}
		return finding(subject, "connection-budget", exceeded ? Severity.HIGH : Severity.LOW, Confidence.HIGH, title,
				List.of(budget.arithmetic()), recommendation(subject), next);
	}

	private static String capitalize(String text) {
		return Character.toUpperCase(text.charAt(0)) + text.substring(1);
	}

	private static @Nullable Finding connections(Subject subject) {
		List<String> evidence = new ArrayList<>();
		double worst = 0;
		for (NodeStatistics node : subject.evidence().nodes()) {
			ServerStatistics latest = node.latest();
			int all = latest.connections().values().stream().mapToInt(Integer::intValue).sum();
			double share = (latest.maxConnections() > 0) ? (double) all / latest.maxConnections() : 0;
			if (share >= subject.limits().connectionShare()) {
				worst = Math.max(worst, share);
				evidence.add("%s: %d of %d connections (%s): %s".formatted(latest.node(), all, latest.maxConnections(),
						Subject.percent(share), states(latest)));
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		Budget budget = subject.evidence().budgets().stream().findFirst().orElse(null);
		return finding(subject, "connections", (worst >= NEARLY_ALL) ? Severity.HIGH : Severity.MEDIUM,
				subject.confidence(Confidence.HIGH), "Nearly all connections of a server are taken", evidence,
				recommendation(subject), pooler(subject, budget));
	}

	private static String states(ServerStatistics statistics) {
		StringBuilder states = new StringBuilder();
		statistics.connections()
			.entrySet()
			.stream()
			.sorted((one, other) -> other.getValue() - one.getValue())
			.limit(Subject.EXAMPLES)
			.forEach((entry) -> states.append((states.length() > 0) ? ", " : "")
				.append(entry.getValue())
				.append(' ')
				.append(entry.getKey()));
		return states.toString();
	}

	private static @Nullable Finding pools(Subject subject) {
		List<String> evidence = new ArrayList<>();
		List<String> next = new ArrayList<>();
		for (Pool pool : subject.evidence().pools()) {
			if (pool.waiting() > 0 && pool.maximum() > 0 && pool.busy() >= pool.maximum()
					&& evidence.size() < Subject.EXAMPLES) {
				evidence.add("%s: %d threads wait for a connection, %d of %d are busy".formatted(pool.node(),
						pool.waiting(), pool.busy(), pool.maximum()));
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		next.add("Shorten transactions: no remote call and no rendering while one is open");
		next.add("Raise 'scaling.pool.maximum-pool-size' only as far as /actuator/scalingbudget has room");
		next.addAll(pooler(subject, subject.evidence().budgets().stream().findFirst().orElse(null)));
		return finding(subject, "pool-exhausted", Severity.MEDIUM, Confidence.MEDIUM,
				"Work waits for connections of this instance", evidence, recommendation(subject), next);
	}

	private static boolean isPooled(Subject subject) {
		return subject.evidence().pools().stream().anyMatch(Pool::pooled);
	}

	private static String recommendation(Subject subject) {
		return isPooled(subject)
				? "Give PgBouncer, which is there, the sizes that the servers can bear, and the pools of the instances"
						+ " any size that its max_client_conn can bear"
				: "Put PgBouncer in transaction mode between the instances and the server";
	}

	private static List<String> pooler(Subject subject, @Nullable Budget budget) {
		List<String> next = new ArrayList<>();
		int size = subject.limits().poolSize();
		if (budget != null && budget.poolSize() > 0 && budget.poolSize() < size) {
			size = budget.poolSize();
		}
		next.add(String.format(Locale.ROOT, "pgbouncer.ini: pool_mode = transaction, default_pool_size = %d%s", size,
				(size < subject.limits().poolSize()) ? " (what the server has for each of its nodes)" : ""));
		if (!isPooled(subject)) {
			next.add("GET /actuator/scalingpgbouncer/ini writes the file for the configured nodes");
			next.add("Set 'scaling.pgbouncer.mode: transaction'");
		}
		return next;
	}

	private static Finding finding(Subject subject, String id, Severity severity, Confidence confidence, String title,
			List<String> evidence, String recommendation, List<String> next) {
		return new Finding(id, subject.cluster(), Bottleneck.CONNECTIONS, Remedy.POOL, severity, confidence, title,
				evidence, subject.path(Bottleneck.CONNECTIONS), recommendation, next);
	}

}
