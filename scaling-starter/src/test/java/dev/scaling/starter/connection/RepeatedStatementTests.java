package dev.scaling.starter.connection;

import java.util.List;

import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the statements that the driver prepares on the server: the number of
 * executions that this takes may be set for a whole run of the tests, and so may a pooler
 * that keeps track of them, under names of its own.
 */
class RepeatedStatementTests {

	private static final int THRESHOLD = Integer
		.getInteger("spring.datasource.hikari.data-source-properties.prepareThreshold", 5);

	private static final String REPEATED = "SELECT ?::int /* repeated */";

	private static final String PREPARED = "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%/* repeated */'";

	@RegisterExtension
	static final PostgresClusterExtension extension = PostgresCluster.builder().replicas(1).extension();

	@Test
	void statementsArePreparedOnEachServerThatExecutesThemOften() {
		try (ClusterApplication application = ClusterApplication.start(extension.cluster(),
				"scaling.consistency.mode=none")) {
			assertPrepared(application, application.readWrite(), extension.cluster().primary(), false);
			assertPrepared(application, application.readOnly(), extension.cluster().replica(1), true);
		}
	}

	private static void assertPrepared(ClusterApplication application, TransactionTemplate transaction,
			PostgresNode node, boolean replica) {
		String name = node.jdbcUrl().contains(":" + node.port() + "/") ? "S_" : "PGBOUNCER_";
		transaction.executeWithoutResult((status) -> {
			assertThat(application.jdbc().queryForObject("SELECT pg_is_in_recovery()", Boolean.class))
				.isEqualTo(replica);
			for (int execution = 1; execution <= THRESHOLD; execution++) {
				assertThat(prepared(application)).isEmpty();
				assertThat(application.jdbc().queryForObject(REPEATED, Integer.class, execution)).isEqualTo(execution);
			}
			assertThat(prepared(application)).as("statements on " + node.id())
				.singleElement()
				.asString()
				.startsWith(name);
		});
	}

	private static List<String> prepared(ClusterApplication application) {
		return application.jdbc().queryForList(PREPARED, String.class);
	}

}
