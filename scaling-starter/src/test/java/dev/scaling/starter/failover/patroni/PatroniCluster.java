package dev.scaling.starter.failover.patroni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Three nodes that are kept together by Patroni and etcd: a leader and two replicas, one
 * of which is synchronous.
 */
final class PatroniCluster implements AutoCloseable {

	private static final Path POSTGRESQL = Path.of("/usr/lib/postgresql/15/bin");

	private static final Duration TIMEOUT = Duration.ofSeconds(120);

	private final ReservedPort etcd = new ReservedPort();

	private final ServerDirectory servers;

	private final List<PatroniNode> nodes = new ArrayList<>();

	private PatroniCluster(ServerDirectory servers) {
		this.servers = servers;
	}

	static boolean isInstalled() {
		return Stream.of(POSTGRESQL.resolve("postgres"), Path.of("/usr/bin/patroni"), Path.of("/usr/bin/etcd"))
			.allMatch(Files::isExecutable);
	}

	static PatroniCluster start() throws Exception {
		PatroniCluster cluster = new PatroniCluster(ServerDirectory.create());
		try {
			cluster.startEtcd();
			cluster.startNodes();
			return cluster;
		}
		catch (Exception | Error ex) {
			cluster.close();
			throw ex;
		}
	}

	private void startEtcd() throws IOException {
		String clients = "http://" + this.etcd;
		String peers = "http://" + new ReservedPort();
		this.servers.add("etcd");
		this.servers.launch("etcd", "etcd", "--data-dir", "data", "--listen-client-urls", clients,
				"--advertise-client-urls", clients, "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
				"--initial-cluster", "default=" + peers);
		Awaitility.await().atMost(TIMEOUT).until(() -> new HttpApi(this.etcd).isOk("/health"));
	}

	private void startNodes() throws IOException {
		for (String name : List.of("postgres-1", "postgres-2", "postgres-3")) {
			this.nodes.add(new PatroniNode(this.servers, name, configuration()));
		}
		for (PatroniNode node : this.nodes) {
			node.start();
		}
		awaitComplete();
	}

	/**
	 * What the page says, for three servers of one small machine on which a failover does
	 * not take half a minute.
	 */
	private PatroniYaml configuration() throws IOException {
		return PatroniYaml.ofThePage()
			.replace("etcd3.hosts", this.etcd.toString())
			.replace("bootstrap.dcs.ttl", 10)
			.replace("bootstrap.dcs.loop_wait", 1)
			.replace("bootstrap.dcs.retry_timeout", 4)
			.replace("postgresql.bin_dir", POSTGRESQL.toString())
			.replace("postgresql.authentication.superuser.password", PatroniNode.PASSWORD)
			.replace("postgresql.parameters.shared_buffers", "16MB")
			.parameter("fsync", "off")
			.parameter("unix_socket_directories", "");
	}

	/**
	 * Wait until there is a leader, both other nodes replicate from it, and one of them
	 * has all that is acknowledged.
	 */
	void awaitComplete() {
		try {
			Awaitility.await()
				.atMost(TIMEOUT)
				.ignoreExceptions()
				.until(() -> isReplicatingToBoth(leader())
						&& this.nodes.stream().filter(PatroniNode::isSynchronousStandby).count() == 1);
		}
		catch (ConditionTimeoutException ex) {
			throw new IllegalStateException(
					"The cluster is not complete. The logs of its servers end with:\n" + this.nodes.stream()
						.map((node) -> node + ":\n" + this.servers.logTail(node.toString()))
						.collect(Collectors.joining("\n")),
					ex);
		}
	}

	private static boolean isReplicatingToBoth(PatroniNode leader) {
		return leader.jdbc()
			.queryForList("SELECT pid FROM pg_stat_replication WHERE state = 'streaming'", Integer.class)
			.size() == 2;
	}

	List<PatroniNode> nodes() {
		return List.copyOf(this.nodes);
	}

	PatroniNode leader() {
		return this.nodes.stream().filter(PatroniNode::isLeader).findFirst().orElseThrow();
	}

	/**
	 * The nodes that are no leader, whether they run or not.
	 * @return the nodes in the order of their names
	 */
	List<PatroniNode> replicas() {
		PatroniNode leader = leader();
		return this.nodes.stream().filter((node) -> node != leader).toList();
	}

	@Override
	public void close() throws Exception {
		this.servers.close();
	}

}
