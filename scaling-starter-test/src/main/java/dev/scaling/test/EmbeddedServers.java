package dev.scaling.test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Servers that are processes of this machine.
 */
final class EmbeddedServers implements Servers {

	private final ServerSettings settings;

	private final PostgresBinaries binaries;

	private final TemporaryDirectory directory;

	private final List<EmbeddedServer> servers = new ArrayList<>();

	private EmbeddedServers(ServerSettings settings, PostgresBinaries binaries, TemporaryDirectory directory) {
		this.settings = settings;
		this.binaries = binaries;
		this.directory = directory;
	}

	static Servers open(ServerSettings settings) {
		Platform platform = Platform.current();
		platform.check();
		TemporaryDirectory directory = TemporaryDirectory.create(platform);
		try {
			return new EmbeddedServers(settings, PostgresBinaries.get(platform, directory.path()), directory);
		}
		catch (RuntimeException | Error ex) {
			directory.close();
			throw ex;
		}
	}

	@Override
	public Server create(String cluster, String node) {
		Path serverDirectory = this.directory.path().resolve(cluster).resolve(node);
		EmbeddedServer server = new EmbeddedServer(this.binaries, serverDirectory, this.settings);
		this.servers.add(server);
		return server;
	}

	@Override
	public void close() {
		this.directory.close();
		this.servers.forEach(EmbeddedServer::close);
	}

}
