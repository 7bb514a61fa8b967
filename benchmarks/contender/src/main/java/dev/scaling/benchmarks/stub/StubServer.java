package dev.scaling.benchmarks.stub;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a node says about itself: a primary that writes all the time, or a replica that
 * has replayed all of it.
 *
 * @param node the name of the node
 */
record StubServer(String node) {

	private static final long START = System.nanoTime();

	private static final int TIMELINE = 1;

	private static final long SYSTEM_IDENTIFIER = 1;

	/**
	 * The columns of the monitor's probe.
	 */
	List<@Nullable Object> state() {
		boolean replica = !this.node.equals("primary");
		long position = 1 + (System.nanoTime() - START) / 1000;
		List<@Nullable Object> state = new ArrayList<>();
		state.add(replica);
		state.add(null);
		state.add(TIMELINE);
		state.add(replica ? null : position);
		state.add(replica ? null : position);
		state.add(replica ? position : null);
		state.add(replica ? position : null);
		state.add(null);
		state.add(SYSTEM_IDENTIFIER);
		state.addAll(identity());
		return state;
	}

	/**
	 * When the server was started, its address, its port, and the process that answers.
	 */
	List<@Nullable Object> identity() {
		List<@Nullable Object> identity = new ArrayList<>();
		identity.add(0L);
		identity.add(this.node);
		identity.add(5432);
		identity.add(1);
		return identity;
	}

}
