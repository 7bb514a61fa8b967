package dev.scaling.benchmarks.contender.scaling;

import java.util.Map;
import java.util.function.Supplier;

import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.User;

/**
 * The starter with {@code scaling.consistency.mode: none}.
 */
public final class ScalingWithoutSessions extends Scaling {

	@Override
	public String name() {
		return "scaling-no-sessions";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		Map<String, Object> properties = super.properties(nodes);
		properties.put("scaling.consistency.mode", "none");
		return properties;
	}

	@Override
	public <T> T inSession(Supplier<T> call) {
		return call.get();
	}

	@Override
	public <T> T inSessionOf(int user, Supplier<T> call) {
		return call.get();
	}

	@Override
	public User user() {
		return User.WITHOUT_SESSION;
	}

}
