package dev.scaling.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.scaling.ReplicaSelector.Candidate;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Percentage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReplicaSelectors}.
 */
class ReplicaSelectorsTests {

	@Property(tries = 200)
	void anySelectorReturnsOneOfItsCandidates(@ForAll ReplicaSelectors selector,
			@ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 1000) Integer> weights) {
		List<Candidate> candidates = candidates(weights);
		for (int i = 0; i < 20; i++) {
			assertThat(candidates).contains(selector.select(candidates));
		}
	}

	@Property(tries = 10)
	void idleReplicasServeTheShareThatTheirWeightsSay(@ForAll ReplicaSelectors selector,
			@ForAll @IntRange(min = 1, max = 5) int weight) {
		List<Candidate> candidates = candidates(List.of(1, weight));
		int calls = 6000;
		Map<Candidate, Long> served = IntStream.range(0, calls)
			.mapToObj((i) -> selector.select(candidates))
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
		assertThat((double) served.get(candidates.get(1))).isCloseTo(calls * weight / (weight + 1.0),
				Percentage.withPercentage(10));
	}

	@Example
	void theLessBusyOfTwoIsChosen() {
		Candidate busy = new StubCandidate(node(0, 1), 5);
		Candidate idle = new StubCandidate(node(1, 1), 0);
		for (int i = 0; i < 100; i++) {
			assertThat(ReplicaSelectors.LEAST_BUSY.select(List.of(busy, idle))).isSameAs(idle);
		}
	}

	@Example
	void aHeavierReplicaMayBeBusier() {
		Candidate heavy = new StubCandidate(node(0, 3), 2);
		Candidate light = new StubCandidate(node(1, 1), 1);
		long served = IntStream.range(0, 1000)
			.filter((i) -> ReplicaSelectors.LEAST_BUSY.select(List.of(heavy, light)) == heavy)
			.count();
		assertThat(served).isGreaterThan(850);
	}

	@Example
	void roundRobinTakesOneAfterTheOther() {
		List<Candidate> candidates = candidates(List.of(1, 1, 1));
		List<Candidate> served = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			served.add(ReplicaSelectors.ROUND_ROBIN.select(candidates));
		}
		assertThat(served.subList(0, 3)).containsExactlyInAnyOrderElementsOf(candidates);
		assertThat(served.subList(3, 6)).isEqualTo(served.subList(0, 3));
	}

	private static List<Candidate> candidates(List<Integer> weights) {
		return IntStream.range(0, weights.size())
			.<Candidate>mapToObj((i) -> new StubCandidate(node(i, weights.get(i)), 0))
			.toList();
	}

	private static Node node(int index, int weight) {
		return new Node("replica-" + index, Node.MAIN_CLUSTER, NodeRole.REPLICA, null, weight, true);
	}

	private record StubCandidate(Node node, int busy) implements Candidate {

	}

}
