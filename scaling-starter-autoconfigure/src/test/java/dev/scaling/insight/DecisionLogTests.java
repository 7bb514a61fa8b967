package dev.scaling.insight;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.scaling.routing.RoutingReason;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DecisionLog}.
 */
class DecisionLogTests {

	private static final Node PRIMARY = new Node("primary", "main", NodeRole.PRIMARY, null, 1, true);

	private static final Node REPLICA = new Node("replica-1", "main", NodeRole.REPLICA, null, 1, true);

	private final DecisionLog log = new DecisionLog();

	@Test
	void latestDecisionComesFirst() {
		TransactionSynchronizationManager.setCurrentTransactionName("Shop.order");
		try {
			this.log.routed(PRIMARY, RoutingReason.READ_WRITE);
		}
		finally {
			TransactionSynchronizationManager.setCurrentTransactionName(null);
		}
		this.log.routed(REPLICA, RoutingReason.READ_ONLY);
		List<Decision> decisions = this.log.decisions();
		assertThat(decisions).extracting(Decision::node).containsExactlyInAnyOrder(REPLICA, PRIMARY);
		assertThat(decisions.get(0).time()).isAfterOrEqualTo(decisions.get(1).time());
		assertThat(decisions).extracting(Decision::transaction).containsExactlyInAnyOrder(null, "Shop.order");
		assertThat(decisions).extracting(Decision::thread).containsOnly(Thread.currentThread().getName());
	}

	@Test
	void logIsBounded() throws InterruptedException {
		ExecutorService threads = Executors.newFixedThreadPool(32);
		for (int i = 0; i < 32; i++) {
			threads.execute(() -> {
				for (int j = 0; j < 1000; j++) {
					this.log.routed(REPLICA, RoutingReason.READ_ONLY);
				}
			});
		}
		threads.shutdown();
		assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
		assertThat(this.log.decisions()).hasSizeBetween(64, 1024);
	}

}
