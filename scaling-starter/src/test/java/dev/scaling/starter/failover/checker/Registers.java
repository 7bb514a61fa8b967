package dev.scaling.starter.failover.checker;

import java.util.Arrays;

/**
 * What somebody knows of the registers: the highest value of each client. Each client
 * writes its own register only, and ever higher values. Immutable.
 */
final class Registers {

	private final long[] values;

	private Registers(long[] values) {
		this.values = values;
	}

	static Registers of(long... values) {
		return new Registers(values.clone());
	}

	static Registers zero(int clients) {
		return new Registers(new long[clients]);
	}

	int clients() {
		return this.values.length;
	}

	long of(int client) {
		return this.values[client];
	}

	Registers with(int client, long value) {
		long[] values = this.values.clone();
		values[client] = Math.max(values[client], value);
		return new Registers(values);
	}

	Registers with(Registers other) {
		long[] values = this.values.clone();
		for (int client = 0; client < values.length; client++) {
			values[client] = Math.max(values[client], other.values[client]);
		}
		return new Registers(values);
	}

	@Override
	public String toString() {
		return Arrays.toString(this.values);
	}

}
