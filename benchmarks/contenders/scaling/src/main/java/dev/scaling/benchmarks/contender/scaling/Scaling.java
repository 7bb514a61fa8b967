package dev.scaling.benchmarks.contender.scaling;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.scaling.benchmarks.contender.Contender;
import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.ShardStore;
import dev.scaling.benchmarks.contender.User;
import dev.scaling.benchmarks.contender.Workload;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;

/**
 * The starter with its defaults.
 */
public class Scaling implements Contender {

	private final Map<Integer, ConsistencySession> sessions = new ConcurrentHashMap<>();

	@Override
	public String name() {
		return "scaling";
	}

	@Override
	public Map<String, Object> properties(Nodes nodes) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("scaling.instances", 1);
		properties.put("spring.datasource.url", nodes.primary());
		properties.put("spring.datasource.username", nodes.username());
		for (int i = 0; i < nodes.replicas().size(); i++) {
			properties.put("scaling.replicas.replica-%d.url".formatted(i + 1), nodes.replicas().get(i));
		}
		for (int i = 0; i < nodes.shards().size(); i++) {
			properties.put("scaling.shards.shard-%d.primary.url".formatted(i), nodes.shards().get(i));
			properties.put("scaling.keyspaces.items.shards[%d]".formatted(i), "shard-" + i);
		}
		if (!nodes.shards().isEmpty()) {
			properties.put("scaling.keyspaces.items.strategy", "hash");
			properties.put("scaling.keyspaces.items.tables.item", "id");
		}
		return properties;
	}

	@Override
	public Class<? extends ShardStore> shardStore() {
		return AnnotatedShardStore.class;
	}

	@Override
	public Map<String, Class<? extends Workload>> workloads() {
		return Map.of("locate", LocateWorkload.class);
	}

	@Override
	public <T> T inSession(Supplier<T> call) {
		return ConsistencySession.open().call(call::get);
	}

	@Override
	public <T> T inSessionOf(int user, Supplier<T> call) {
		return this.sessions.computeIfAbsent(user, (number) -> ConsistencySession.open()).call(call::get);
	}

	@Override
	public User user() {
		return new Client();
	}

	/**
	 * A client that sends back with each request what it got with the last response, as
	 * the cookie does.
	 */
	private static final class Client implements User {

		private ConsistencyToken token = ConsistencySession.open().token();

		@Override
		public <T> T request(Supplier<T> work) {
			ConsistencySession session = ConsistencySession.openCarried(List::of);
			session.apply(this.token);
			T result = session.call(work::get);
			this.token = session.token();
			return result;
		}

	}

}
