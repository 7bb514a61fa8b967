package dev.scaling.insight;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.Node;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Remembers the last routing decisions of each group of threads: {@value #SIZE} in all.
 * Threads of different groups share nothing, so that they do not slow each other down.
 * Thread-safe; of two threads that write at the same time, one decision may be lost.
 *
 * @since 0.1.0
 */
public final class DecisionLog implements RoutingListener {

	private static final int GROUPS = 16;

	private static final int GROUP_SIZE = 64;

	private static final int SIZE = GROUPS * GROUP_SIZE;

	private final Group[] groups = new Group[GROUPS];

	/**
	 * Creates an empty log.
	 */
	public DecisionLog() {
		for (int i = 0; i < GROUPS; i++) {
			this.groups[i] = new Group();
		}
	}

	@Override
	public void routed(Node node, RoutingReason reason) {
		Thread thread = Thread.currentThread();
		Group group = this.groups[(int) thread.getId() & (GROUPS - 1)];
		group.add(new Decision(Instant.now(), node, reason,
				TransactionSynchronizationManager.getCurrentTransactionName(), thread.getName()));
	}

	/**
	 * The decisions that are remembered.
	 * @return up to {@value #SIZE} decisions, the latest first
	 */
	public List<Decision> decisions() {
		List<Decision> decisions = new ArrayList<>();
		for (Group group : this.groups) {
			group.addTo(decisions);
		}
		decisions.sort(Comparator.comparing(Decision::time).reversed());
		return decisions;
	}

	private static final class Group {

		private final AtomicReferenceArray<Decision> decisions = new AtomicReferenceArray<>(GROUP_SIZE);

		/**
		 * Needs to be right for one thread at a time only.
		 */
		private int next;

		private void add(Decision decision) {
			int next = this.next;
			this.next = next + 1;
			this.decisions.setRelease(next & (GROUP_SIZE - 1), decision);
		}

		private void addTo(List<Decision> all) {
			for (int i = 0; i < GROUP_SIZE; i++) {
				Decision decision = this.decisions.getAcquire(i);
				if (decision != null) {
					all.add(decision);
				}
			}
		}

	}

}
