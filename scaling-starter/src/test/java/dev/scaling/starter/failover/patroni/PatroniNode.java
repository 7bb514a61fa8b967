package dev.scaling.starter.failover.patroni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A PostgreSQL server and the Patroni that runs it.
 */
final class PatroniNode {

	static final String USERNAME = "postgres";

	static final String PASSWORD = "password";

	private final ServerDirectory servers;

	private final String name;

	private final ReservedPort port = new ReservedPort();

	private final HttpApi patroni;

	PatroniNode(ServerDirectory servers, String name, PatroniYaml yaml) throws IOException {
		this.servers = servers;
		this.name = name;
		ReservedPort patroniPort = new ReservedPort();
		this.patroni = new HttpApi(patroniPort);
		Path directory = servers.add(name);
		yaml.replace("name", name)
			.replace("restapi.listen", patroniPort.toString())
			.replace("restapi.connect_address", patroniPort.toString())
			.replace("postgresql.listen", this.port.toString())
			.replace("postgresql.connect_address", this.port.toString())
			.replace("postgresql.data_dir", directory.resolve("data").toString())
			.replace("postgresql.pgpass", directory.resolve("pgpass").toString());
		Files.writeString(directory.resolve("patroni.yml"), yaml.toString());
	}

	/**
	 * Start Patroni, which starts the server in the role that it finds for it.
	 */
	void start() throws IOException {
		this.servers.launch(this.name, "patroni", "patroni.yml");
	}

	/**
	 * Do what a crash of its machine does to the server and its Patroni.
	 */
	void kill() {
		this.servers.kill(this.name);
	}

	/**
	 * Do what an administrator does before the leader's machine is maintained: let a
	 * replica take over. Returns when that has happened.
	 */
	void switchOver() {
		assertThat(this.patroni.isOk("/switchover", "{\"leader\": \"" + this.name + "\"}"))
			.as("switchover from " + this.name)
			.isTrue();
	}

	boolean isLeader() {
		return this.patroni.isOk("/leader");
	}

	boolean isReplica() {
		return this.patroni.isOk("/replica");
	}

	/**
	 * Whether Patroni knows that the server has all that was acknowledged, and so may
	 * promote it.
	 * @return {@code true} for the synchronous standby of the cluster
	 */
	boolean isSynchronousStandby() {
		return this.patroni.isOk("/synchronous");
	}

	int port() {
		return this.port.number();
	}

	String jdbcUrl() {
		return "jdbc:postgresql://" + this.port + "/postgres";
	}

	/**
	 * The server itself, past the application.
	 * @return a template for its database
	 */
	JdbcTemplate jdbc() {
		return new JdbcTemplate(new DriverManagerDataSource(jdbcUrl(), USERNAME, PASSWORD));
	}

	@Override
	public String toString() {
		return this.name;
	}

}
