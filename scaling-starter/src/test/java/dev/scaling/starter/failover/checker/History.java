package dev.scaling.starter.failover.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * All operations in the order in which they ended. Thread-safe.
 */
final class History {

	private final List<Operation> operations = new ArrayList<>();

	synchronized void add(Operation operation) {
		this.operations.add(operation);
	}

	synchronized List<Operation> operations() {
		return List.copyOf(this.operations);
	}

	long count(Predicate<Operation> predicate) {
		return operations().stream().filter(predicate).count();
	}

	/**
	 * How many operations there were of each kind, by outcome and place.
	 */
	String summary() {
		Map<String, Long> counts = operations().stream()
			.collect(Collectors.groupingBy(
					(operation) -> operation.kind() + " " + operation.outcome() + " " + operation.place(), TreeMap::new,
					Collectors.counting()));
		return counts.entrySet()
			.stream()
			.map((entry) -> "%6d %s".formatted(entry.getValue(), entry.getKey()))
			.collect(Collectors.joining("\n"));
	}

}
