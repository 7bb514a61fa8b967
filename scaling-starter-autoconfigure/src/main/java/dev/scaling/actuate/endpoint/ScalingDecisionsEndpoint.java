package dev.scaling.actuate.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

import dev.scaling.insight.Decision;
import dev.scaling.insight.DecisionLog;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@link Endpoint @Endpoint} that shows the last routing decisions: what went where, and
 * why.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scalingdecisions")
public final class ScalingDecisionsEndpoint {

	private static final int DEFAULT_LIMIT = 100;

	private final DecisionLog log;

	/**
	 * Creates the endpoint.
	 * @param log the decisions
	 */
	public ScalingDecisionsEndpoint(DecisionLog log) {
		this.log = log;
	}

	/**
	 * The last decisions.
	 * @param limit how many, 100 if {@code null}
	 * @param node the id of the only node to show, or {@code null} for all
	 * @param reason the only reason to show, such as {@code read-only}, or {@code null}
	 * for all
	 * @param transaction a part of the name of the transactions to show, or {@code null}
	 * for all
	 * @return the decisions, the latest first
	 */
	@ReadOperation
	public DecisionsDescriptor decisions(@Nullable Integer limit, @Nullable String node, @Nullable String reason,
			@Nullable String transaction) {
		return new DecisionsDescriptor(this.log.decisions()
			.stream()
			.filter((decision) -> node == null || node.equals(decision.node().id()))
			.filter((decision) -> reason == null || reason.equals(decision.reason().tag()))
			.filter((decision) -> transaction == null
					|| (decision.transaction() != null && decision.transaction().contains(transaction)))
			.limit((limit != null) ? Math.max(0, limit) : DEFAULT_LIMIT)
			.map(ScalingDecisionsEndpoint::describe)
			.toList());
	}

	private static DecisionDescriptor describe(Decision decision) {
		return new DecisionDescriptor(decision.time(), decision.node().cluster(), decision.node().id(),
				decision.reason().access().name().toLowerCase(Locale.ROOT), decision.reason().tag(),
				decision.transaction(), decision.thread());
	}

	/**
	 * Description of decisions.
	 *
	 * @param decisions the decisions, the latest first
	 */
	public record DecisionsDescriptor(List<DecisionDescriptor> decisions) implements OperationResponseBody {

	}

	/**
	 * Description of a decision.
	 *
	 * @param time when it was made
	 * @param cluster the name of the cluster
	 * @param node the id of the node that served the work
	 * @param access what the work wanted, {@code read} or {@code write}
	 * @param reason why it went there, such as {@code read-only}
	 * @param transaction the name of the transaction, or {@code null} for work outside of
	 * one
	 * @param thread the name of the thread
	 */
	public record DecisionDescriptor(Instant time, String cluster, String node, String access, String reason,
			@Nullable String transaction, String thread) {

	}

}
