package dev.scaling.insight.advisor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.scaling.insight.Decision;
import dev.scaling.insight.advisor.Evidence.Method;
import dev.scaling.routing.RoutingReason;

/**
 * Methods that seem to read only, by their names, although their transactions may write.
 */
final class ReadingMethods {

	private static final Pattern READS = Pattern
		.compile("(get|find|list|read|load|count|search|query|exists|is|has|show|fetch|lookup|browse|view)([A-Z_].*)?");

	private static final Pattern WRITES = Pattern
		.compile(".*(Or|And)(Create|Insert|Save|Update|Delete|Remove|Set|Add|Lock|Increment|Mark|Reserve|Claim).*"
				+ "|.*ForUpdate.*");

	private ReadingMethods() {
	}

	static List<Method> of(List<Decision> decisions) {
		Map<String, Method> methods = new LinkedHashMap<>();
		for (Decision decision : decisions) {
			String transaction = decision.transaction();
			if (decision.reason() == RoutingReason.READ_WRITE && transaction != null && isReading(transaction)) {
				String cluster = decision.node().cluster();
				methods.merge(cluster + " " + transaction, new Method(cluster, transaction, 1),
						(all, one) -> new Method(cluster, transaction, all.transactions() + 1));
			}
		}
		return new ArrayList<>(methods.values());
	}

	static boolean isReading(String transaction) {
		String method = transaction.substring(transaction.lastIndexOf('.') + 1);
		return transaction.indexOf('.') >= 0 && READS.matcher(method).matches() && !WRITES.matcher(method).matches();
	}

}
