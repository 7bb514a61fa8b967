package dev.scaling.benchmarks.contender;

import java.util.Map;
import java.util.function.Supplier;

/**
 * A way to reach the nodes, set up as its documentation says. Registered as a service of
 * the {@link java.util.ServiceLoader} in the class path of its own.
 */
public interface Contender {

	/**
	 * The name, as in the figures.
	 * @return the name, such as {@code lazy-proxy}
	 */
	String name();

	/**
	 * The configuration of its {@code DataSource}.
	 * @return a class of bean definitions; {@code Contender.class} leaves the
	 * {@code DataSource} to auto-configuration
	 */
	default Class<?> configuration() {
		return Contender.class;
	}

	/**
	 * The properties of the application.
	 * @param nodes the nodes
	 * @return the properties
	 */
	Map<String, Object> properties(Nodes nodes);

	/**
	 * The service that reads.
	 * @return a class of a bean
	 */
	default Class<? extends Reader> reader() {
		return AnnotatedReader.class;
	}

	/**
	 * The services that work on shards.
	 * @return a class of a bean, or {@code ShardStore.class} for a contender without
	 * shards
	 */
	default Class<? extends ShardStore> shardStore() {
		return ShardStore.class;
	}

	/**
	 * Workloads that only this contender has.
	 * @return classes of beans by the names of their orders
	 */
	default Map<String, Class<? extends Workload>> workloads() {
		return Map.of();
	}

	/**
	 * Calls as one user's session, if there is such a thing.
	 * @param <T> the type of the result
	 * @param call the call
	 * @return its result
	 */
	default <T> T inSession(Supplier<T> call) {
		return call.get();
	}

	/**
	 * Calls in the session of one of many users, who stay in the process, if there is
	 * such a thing.
	 * @param <T> the type of the result
	 * @param user the number of the user, 0 or more
	 * @param call the call
	 * @return its result
	 */
	default <T> T inSessionOf(int user, Supplier<T> call) {
		return call.get();
	}

	/**
	 * A user who sends one request after the other.
	 * @return the user
	 */
	default User user() {
		return User.WITHOUT_SESSION;
	}

}
