package dev.scaling.test;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tests for {@link PostgresCluster} with {@link PostgresCluster.Engine#TESTCONTAINERS}.
 */
@EnabledIf(value = "hasContainerEngine", disabledReason = "No container engine: DOCKER_HOST is not set")
class ContainerPostgresClusterTests extends PostgresClusterContract {

	@RegisterExtension
	static final PostgresClusterExtension cluster = describe(PostgresCluster.Engine.TESTCONTAINERS).extension();

	static boolean hasContainerEngine() {
		return System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
	}

}
