package dev.scaling.test;

import java.util.ArrayList;
import java.util.List;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/**
 * Servers in containers, on a network of their own.
 */
final class ContainerServers implements Servers {

	private final ServerSettings settings;

	private final String host;

	private final Network network = Network.newNetwork();

	private final List<ContainerServer> servers = new ArrayList<>();

	private ContainerServers(ServerSettings settings, String host) {
		this.settings = settings;
		this.host = host;
	}

	static Servers open(ServerSettings settings) {
		DockerClientFactory engine;
		try {
			engine = DockerClientFactory.instance();
		}
		catch (NoClassDefFoundError ex) {
			throw new IllegalStateException("Engine.TESTCONTAINERS needs the dependency"
					+ " org.testcontainers:testcontainers-postgresql: add it, or use Engine.EMBEDDED", ex);
		}
		if (!engine.isDockerAvailable()) {
			throw new IllegalStateException("Testcontainers finds no container engine:"
					+ " start Docker or set DOCKER_HOST, or use Engine.EMBEDDED");
		}
		return new ContainerServers(settings, engine.dockerHostIpAddress());
	}

	@Override
	public Server create(String cluster, String node) {
		ContainerServer server = new ContainerServer(this.settings, this.host, this.network, cluster + "-" + node);
		this.servers.add(server);
		return server;
	}

	@Override
	public void close() {
		ClusterGroup.inParallel(this.servers, ContainerServer::close);
		this.network.close();
	}

}
