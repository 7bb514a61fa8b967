package dev.scaling.starter.pgbouncer.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.documentation.Page;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.env.EnumerablePropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/pgbouncer.md} and
 * {@code docs/pgbouncer-monitoring.md}.
 */
class PgBouncerPageTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	static List<String> yaml() {
		return Stream.of("pgbouncer.md", "pgbouncer-monitoring.md")
			.flatMap((page) -> Page.of(page).blocks("yaml").stream())
			.toList();
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void applicationsRunWithTheYaml(String yaml) {
		EnumerablePropertySource<?> source = Page.properties(yaml);
		Page.bind(yaml, "scaling", ScalingProperties.class);
		List<String> arguments = new ArrayList<>();
		for (String name : source.getPropertyNames()) {
			if (isIndependentOfTheServer(name)) {
				arguments.add(name + "=" + source.getProperty(name));
			}
		}
		try (ClusterApplication application = ClusterApplication.start(cluster.cluster(),
				arguments.toArray(String[]::new))) {
			assertThat(application.read("SELECT 1")).isEqualTo(1);
		}
	}

	/**
	 * The servers of this test have neither the page's addresses nor its users and
	 * shards.
	 */
	private static boolean isIndependentOfTheServer(String name) {
		return name.startsWith("scaling.") && !name.startsWith("scaling.shards") && !name.endsWith("url")
				&& !name.endsWith(".username") && !name.endsWith(".password");
	}

}
