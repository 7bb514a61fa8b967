package dev.scaling.test;

import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tests for {@link PostgresCluster} with {@link PostgresCluster.Engine#EMBEDDED}.
 */
class EmbeddedPostgresClusterTests extends PostgresClusterContract {

	@RegisterExtension
	static final PostgresClusterExtension cluster = describe(PostgresCluster.Engine.EMBEDDED).extension();

}
