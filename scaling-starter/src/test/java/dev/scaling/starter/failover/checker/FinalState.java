package dev.scaling.starter.failover.checker;

import java.util.Map;
import java.util.Set;

/**
 * What the primary has when all is over.
 *
 * @param registers the registers
 * @param values all values that were ever committed, by client
 */
record FinalState(Registers registers, Map<Integer, Set<Long>> values) {

	boolean has(int client, long value) {
		return this.values.getOrDefault(client, Set.of()).contains(value);
	}

}
