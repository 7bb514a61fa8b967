package dev.scaling.starter.consistency.carrier;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where requests wait until a test lets them go on.
 */
final class Gates {

	private static final Map<String, Gate> gates = new ConcurrentHashMap<>();

	private Gates() {
	}

	private static Gate gate(String name) {
		return gates.computeIfAbsent(name, (key) -> new Gate(new CountDownLatch(1), new CountDownLatch(1)));
	}

	/**
	 * Called by a request.
	 */
	static void pass(String name) {
		Gate gate = gate(name);
		gate.reached.countDown();
		await(gate.open, name);
	}

	/**
	 * Waits until a request has come to the gate.
	 */
	static void awaitRequest(String name) {
		await(gate(name).reached, name);
	}

	static void open(String name) {
		gate(name).open.countDown();
	}

	private static void await(CountDownLatch latch, String name) {
		try {
			if (!latch.await(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Nothing has happened at the gate " + name + " for 20 s");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A gate.
	 *
	 * @param reached whether a request is there
	 * @param open whether it may pass
	 */
	private record Gate(CountDownLatch reached, CountDownLatch open) {

	}

}
