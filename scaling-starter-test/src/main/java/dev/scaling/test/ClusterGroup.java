package dev.scaling.test;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * The clusters that are started, repaired and closed together.
 */
final class ClusterGroup {

	private final Servers servers;

	private final Map<String, StreamingCluster> clusters = new LinkedHashMap<>();

	private ClusterGroup(Servers servers, Map<String, Integer> replicas, ServerSettings settings) {
		this.servers = servers;
		replicas.forEach(
				(name, number) -> this.clusters.put(name, new StreamingCluster(this, name, number, servers, settings)));
	}

	static PostgresCluster start(PostgresCluster.Engine engine, Map<String, Integer> replicas,
			ServerSettings settings) {
		Servers servers = switch (engine) {
			case EMBEDDED -> EmbeddedServers.open(settings);
			case TESTCONTAINERS -> ContainerServers.open(settings);
		};
		try {
			ClusterGroup group = new ClusterGroup(servers, replicas, settings);
			inParallel(group.clusters.values(), StreamingCluster::create);
			return group.clusters.values().iterator().next();
		}
		catch (RuntimeException | Error ex) {
			servers.close();
			throw ex;
		}
	}

	Map<String, PostgresCluster> clusters() {
		return Collections.unmodifiableMap(this.clusters);
	}

	void repair() {
		this.clusters.values().forEach(StreamingCluster::repairNodes);
	}

	void close() {
		this.clusters.values().forEach(StreamingCluster::closePoolers);
		this.servers.close();
	}

	static <T> void inParallel(Collection<T> elements, Consumer<T> work) {
		if (elements.isEmpty()) {
			return;
		}
		ExecutorService executor = Executors.newFixedThreadPool(elements.size());
		try {
			List<CompletableFuture<Void>> futures = new ArrayList<>();
			elements
				.forEach((element) -> futures.add(CompletableFuture.runAsync(() -> work.accept(element), executor)));
			CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
		finally {
			executor.shutdown();
		}
	}

}
