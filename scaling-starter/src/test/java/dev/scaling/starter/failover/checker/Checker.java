package dev.scaling.starter.failover.checker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.scaling.starter.failover.checker.Operation.Kind;
import dev.scaling.starter.failover.checker.Operation.Outcome;
import dev.scaling.starter.failover.checker.Violation.Promise;

/**
 * Compares a history with what was promised. A history in which WAL was lost breaks
 * promises legitimately: it must not be given to a checker.
 */
final class Checker {

	private final List<Operation> operations;

	private final FinalState finalState;

	private final List<Violation> violations = new ArrayList<>();

	/**
	 * When each write was acknowledged.
	 */
	private final Map<List<Long>, Long> acknowledged = new HashMap<>();

	private Checker(List<Operation> operations, FinalState finalState) {
		this.operations = operations;
		this.finalState = finalState;
		for (Operation operation : operations) {
			if (operation.kind() == Kind.WRITE && operation.isDone()) {
				this.acknowledged.put(List.of((long) operation.client(), operation.number()), operation.end());
			}
		}
	}

	static List<Violation> check(History history, FinalState finalState) {
		Checker checker = new Checker(history.operations(), finalState);
		checker.checkSessions();
		checker.checkWrites();
		checker.checkReads();
		checker.checkTimelines();
		return checker.violations;
	}

	private void checkSessions() {
		Map<Integer, Knowledge> sessions = new HashMap<>();
		Map<Long, Knowledge> tokens = new HashMap<>();
		for (Operation operation : this.operations) {
			Knowledge knowledge = sessions.getOrDefault(operation.session(), Knowledge.none(clients()));
			if (operation.kind() == Kind.HAND_OVER) {
				tokens.put(operation.number(), knowledge);
			}
			else if (operation.kind() == Kind.TAKE_OVER) {
				sessions.put(operation.session(), tokens.get(operation.number()));
			}
			else if (operation.isDone()) {
				sessions.put(operation.session(), follow(knowledge, operation));
			}
		}
	}

	private Knowledge follow(Knowledge knowledge, Operation operation) {
		Registers seen = operation.seen();
		if (seen == null) {
			return new Knowledge(knowledge.written().with(operation.client(), operation.number()), knowledge.seen());
		}
		for (int client = 0; client < clients(); client++) {
			if (seen.of(client) < knowledge.written().of(client)) {
				violated(Promise.READ_YOUR_WRITES, "%d was written before: %s", knowledge.written().of(client),
						operation);
			}
			else if (seen.of(client) < knowledge.seen().of(client)
					&& isAcknowledged(client, knowledge.seen().of(client), operation.begin())) {
				violated(Promise.MONOTONIC_READS, "%d was seen before: %s", knowledge.seen().of(client), operation);
			}
		}
		return new Knowledge(knowledge.written(), knowledge.seen().with(seen));
	}

	/**
	 * Whether a write had been acknowledged before a given time. One that waits for
	 * synchronous replication is shown by replicas, and not by the primary yet: that is
	 * how PostgreSQL works, and no library can know.
	 */
	private boolean isAcknowledged(int client, long value, long time) {
		Long acknowledged = this.acknowledged.get(List.of((long) client, value));
		return acknowledged != null && acknowledged < time;
	}

	private void checkWrites() {
		for (Operation operation : this.operations) {
			if (operation.kind() != Kind.WRITE) {
				continue;
			}
			boolean there = this.finalState.has(operation.client(), operation.number());
			if (operation.outcome() == Outcome.DONE && !there) {
				violated(Promise.DURABLE_WRITES, "not there in the end: %s", operation);
			}
			else if (operation.outcome() == Outcome.NOT_DONE && there) {
				violated(Promise.REFUSED_WRITES, "there in the end: %s", operation);
			}
		}
	}

	private void checkReads() {
		for (Operation operation : this.operations) {
			Registers seen = operation.seen();
			for (int client = 0; seen != null && client < clients(); client++) {
				if (seen.of(client) > 0 && !this.finalState.has(client, seen.of(client))) {
					violated(Promise.ONE_HISTORY, "%d of client %d is not there in the end: %s", seen.of(client),
							client, operation);
				}
			}
		}
	}

	private void checkTimelines() {
		List<Operation> writes = this.operations.stream()
			.filter((operation) -> operation.kind() == Kind.WRITE && operation.isDone())
			.toList();
		List<Operation> begun = writes.stream().sorted(Comparator.comparingLong(Operation::begin)).toList();
		int timeline = 0;
		int ended = 0;
		for (Operation write : begun) {
			while (ended < writes.size() && writes.get(ended).end() < write.begin()) {
				timeline = Math.max(timeline, writes.get(ended).timeline());
				ended++;
			}
			if (write.timeline() < timeline) {
				violated(Promise.FENCING, "timeline %d had writes before: %s", timeline, write);
			}
		}
	}

	private int clients() {
		return this.finalState.registers().clients();
	}

	private void violated(Promise promise, String description, Object... arguments) {
		this.violations.add(new Violation(promise, description.formatted(arguments)));
	}

	/**
	 * What a session has to see.
	 *
	 * @param written what it has written
	 * @param seen what it has seen
	 */
	private record Knowledge(Registers written, Registers seen) {

		static Knowledge none(int clients) {
			return new Knowledge(Registers.zero(clients), Registers.zero(clients));
		}

	}

}
