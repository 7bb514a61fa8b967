package dev.scaling.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A PostgreSQL server in a container of the official image, or one like it.
 */
final class ContainerServer implements Server, AutoCloseable {

	private static final int POSTGRES_PORT = 5432;

	private static final int EXECUTABLE = 0755;

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final int STOP_TIMEOUT_SECONDS = 5;

	private static final String NOTICE_LOSS_OF_THE_PEER = "keepalives_idle=1 keepalives_interval=1 keepalives_count=2"
			+ " tcp_user_timeout=2000";

	private static final String TRUST_REPLICAS = """
			#!/bin/sh
			echo 'host replication all all trust' >>"$PGDATA/pg_hba.conf"
			""";

	private static final String COPY_PRIMARY = """
			if [ ! -s "$PGDATA/PG_VERSION" ]; then
				pg_basebackup --pgdata="$PGDATA" --dbname="$PRIMARY" --wal-method=none --checkpoint=fast &&
					touch "$PGDATA/standby.signal" &&
					printf '%s' "$CONFIGURATION" >>"$PGDATA/postgresql.auto.conf" || exit
			fi
			exec docker-entrypoint.sh "$@"
			""";

	private final ServerSettings settings;

	private final String host;

	private final Network network;

	private final String alias;

	private final ReservedPort port = new ReservedPort(false);

	private @Nullable GenericContainer<?> container;

	ContainerServer(ServerSettings settings, String host, Network network, String alias) {
		this.settings = settings;
		this.host = host;
		this.network = network;
		this.alias = alias;
	}

	@Override
	public String host() {
		return this.host;
	}

	@Override
	public int port() {
		return this.port.number();
	}

	@Override
	public String replicationAddress() {
		return "host=%s port=%d %s".formatted(this.alias, POSTGRES_PORT, NOTICE_LOSS_OF_THE_PEER);
	}

	@Override
	public void initialize() {
		this.container = describe().withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
			.withEnv("POSTGRES_INITDB_ARGS", "--no-sync")
			.withCopyToContainer(Transferable.of(TRUST_REPLICAS, EXECUTABLE),
					"/docker-entrypoint-initdb.d/trust-replicas.sh");
	}

	@Override
	public void copy(Server primary, Console console, String configuration) {
		remove();
		this.container = describe()
			.withEnv(Map.of("PRIMARY", primary.replicationAddress() + " user=" + Console.ROLE, "CONFIGURATION",
					configuration))
			.withCreateContainerCmdModifier(
					(command) -> command.withUser("postgres").withEntrypoint("sh", "-c", COPY_PRIMARY, "copy-primary"));
	}

	private GenericContainer<?> describe() {
		List<String> command = new ArrayList<>(List.of("postgres"));
		this.settings.allParameters().forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(this.settings.containerImage()))
			.withNetwork(this.network)
			.withNetworkAliases(this.alias)
			.withCommand(command.toArray(String[]::new))
			.withCreateContainerCmdModifier(ContainerServer::resolveNamesQuickly)
			.waitingFor(new AbstractWaitStrategy() {

				@Override
				protected void waitUntilReady() {
				}

			});
		container.setPortBindings(List.of("%s%d:%d".formatted(publishedInterface(), port(), POSTGRES_PORT)));
		return container;
	}

	/**
	 * Some engines restart their name server whenever a container comes or goes.
	 */
	private static void resolveNamesQuickly(CreateContainerCmd command) {
		Objects.requireNonNull(command.getHostConfig()).withDnsOptions(List.of("timeout:1", "attempts:5"));
	}

	private String publishedInterface() {
		return Set.of("localhost", "127.0.0.1").contains(this.host) ? "127.0.0.1:" : "";
	}

	@Override
	public void start() {
		if (isRunning()) {
			return;
		}
		GenericContainer<?> container = Objects.requireNonNull(this.container, "No container");
		this.port.lend();
		if (container.getContainerId() == null) {
			container.start();
		}
		else {
			client().startContainerCmd(id()).exec();
		}
		Console console = new Console(this.alias,
				Console.dataSource(host(), port(), ServerSettings.DEFAULT_DATABASE, "postgres"));
		if (!Condition.await(START_TIMEOUT, () -> !isRunning() || console.isReachable()) || !isRunning()) {
			throw new IllegalStateException("PostgreSQL did not start. Its log ends with:\n" + logTail(container));
		}
	}

	@Override
	public void stop() {
		if (isRunning()) {
			client().stopContainerCmd(id()).withTimeout(STOP_TIMEOUT_SECONDS).exec();
			this.port.takeBack();
		}
	}

	@Override
	public void kill() {
		if (isRunning()) {
			client().killContainerCmd(id()).exec();
			Condition.await(START_TIMEOUT, () -> !isRunning());
			this.port.takeBack();
		}
	}

	@Override
	public void freeze() {
		client().pauseContainerCmd(id()).exec();
	}

	@Override
	public void resume() {
		client().unpauseContainerCmd(id()).exec();
	}

	@Override
	public boolean isRunning() {
		if (this.container == null || this.container.getContainerId() == null) {
			return false;
		}
		ContainerState state = client().inspectContainerCmd(id()).exec().getState();
		return Boolean.TRUE.equals(state.getRunning()) || Boolean.TRUE.equals(state.getPaused());
	}

	@Override
	public void close() {
		remove();
		this.port.close();
	}

	private void remove() {
		if (this.container != null) {
			this.container.stop();
			this.container = null;
			this.port.takeBack();
		}
	}

	private DockerClient client() {
		return Objects.requireNonNull(this.container, "No container").getDockerClient();
	}

	private String id() {
		return Objects.requireNonNull(this.container, "No container").getContainerId();
	}

	private static String logTail(GenericContainer<?> container) {
		List<String> lines = container.getLogs().lines().toList();
		return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
	}

}
