package dev.scaling.starter.consistency;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Counts where work goes, and remembers the last decision of each thread.
 */
public final class Decisions implements RoutingListener {

	private final Map<Decision, LongAdder> counts = new ConcurrentHashMap<>();

	private final ThreadLocal<@Nullable Decision> last = new ThreadLocal<>();

	@Override
	public void routed(Node node, RoutingReason reason) {
		Decision decision = new Decision(node.id(), reason);
		this.last.set(decision);
		this.counts.computeIfAbsent(decision, (key) -> new LongAdder()).increment();
	}

	/**
	 * The last decision on the calling thread.
	 * @return the decision
	 */
	public Decision last() {
		Decision decision = this.last.get();
		if (decision == null) {
			throw new IllegalStateException("This thread has not been given a connection");
		}
		return decision;
	}

	/**
	 * How many decisions match.
	 * @param predicate what has to be so
	 * @return the number of decisions since the last {@link #clear}
	 */
	public long count(Predicate<Decision> predicate) {
		return this.counts.entrySet()
			.stream()
			.filter((entry) -> predicate.test(entry.getKey()))
			.mapToLong((entry) -> entry.getValue().sum())
			.sum();
	}

	/**
	 * Forgets all decisions.
	 */
	public void clear() {
		this.counts.clear();
	}

	@Override
	public String toString() {
		return this.counts.toString();
	}

}
