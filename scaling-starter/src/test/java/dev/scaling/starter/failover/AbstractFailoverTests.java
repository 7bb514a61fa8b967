package dev.scaling.starter.failover;

import java.util.ArrayList;
import java.util.List;

import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.SharedCluster;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A cluster without faults, and applications that have to give back all connections
 * whatever happens to it.
 */
abstract class AbstractFailoverTests {

	static final String COUNT = "SELECT count(*) FROM entry";

	static final String IN_RECOVERY = "SELECT pg_is_in_recovery()::int";

	PostgresCluster cluster;

	PostgresNode primary;

	PostgresNode replica1;

	PostgresNode replica2;

	private final List<ClusterApplication> applications = new ArrayList<>();

	@BeforeEach
	void createTable() {
		this.cluster = SharedCluster.repaired();
		this.primary = this.cluster.node("primary");
		this.replica1 = this.cluster.replica(1);
		this.replica2 = this.cluster.replica(2);
		Sql.execute(this.primary, "DROP TABLE IF EXISTS entry",
				"CREATE TABLE entry (id bigserial PRIMARY KEY, name text NOT NULL)");
		this.cluster.awaitReplication();
	}

	@AfterEach
	void poolsAreDrained() {
		try {
			this.applications.forEach((application) -> application.pools().awaitDrained());
		}
		finally {
			this.applications.forEach(ClusterApplication::close);
		}
	}

	ClusterApplication start(String... properties) {
		return add(ClusterApplication.start(this.cluster, properties));
	}

	ClusterApplication startOnBroken(String... properties) {
		return add(ClusterApplication.startOnBroken(this.cluster, properties));
	}

	private ClusterApplication add(ClusterApplication application) {
		this.applications.add(application);
		return application;
	}

	static void insert(ClusterApplication application, String name) {
		application.write("INSERT INTO entry (name) VALUES ('" + name + "')");
	}

	/**
	 * Asserts that writes go to a node, and nowhere else.
	 */
	static void assertWritesGoTo(ClusterApplication application, PostgresNode node) {
		long before = Sql.number(node, COUNT);
		insert(application, "to " + node.id());
		assertThat(application.decisions().last().node()).isEqualTo(node.id());
		assertThat(Sql.number(node, COUNT)).isEqualTo(before + 1);
	}

}
