package dev.scaling.starter.sharding.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import dev.scaling.Shards;
import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.documentation.Page;
import dev.scaling.starter.sharding.ShardServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.EnumerablePropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/sharding.md}: the Java is that of this package,
 * and applications run with the YAML.
 */
class ShardingPageTests {

	private static final Page PAGE = Page.of("sharding.md");

	@Test
	void javaIsCompiledAsItStandsThere() {
		assertThat(PAGE.blocks("java")).isNotEmpty()
			.containsExactlyInAnyOrderElementsOf(Page.snippets(ShardingPageTests.class));
	}

	static List<String> yaml() {
		return PAGE.blocks("yaml");
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void applicationsRunWithTheYaml(String yaml) {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, username text)");
			ShardServers.execute(shard, "TRUNCATE users");
		}
		EnumerablePropertySource<?> source = Page.properties(yaml);
		ScalingProperties properties = Page.bind(yaml, "scaling", ScalingProperties.class);
		String keyspaces = "scaling.keyspaces.";
		List<String> arguments = new ArrayList<>();
		for (String name : source.getPropertyNames()) {
			if (name.startsWith(keyspaces)) {
				arguments.add(name + "=" + source.getProperty(name));
			}
		}
		if (!properties.getKeyspaces().containsKey("users")) {
			arguments.add("scaling.keyspaces.users.shards=shard-0,shard-1");
		}
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class,
				arguments.toArray(String[]::new))) {
			assertThat(properties.getKeyspaces().keySet())
				.allSatisfy((keyspace) -> assertThat(context.getBean(Shards.class).of(keyspace).names())
					.containsOnly("shard-0", "shard-1"));
		}
	}

	@Test
	void examplesDoWhatThePageSays() {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, username text)");
			ShardServers.execute(shard, "TRUNCATE users");
		}
		try (ConfigurableApplicationContext context = ShardServers.run(Application.class,
				"scaling.keyspaces.users.shards=shard-0,shard-1", "scaling.consistency.mode=none",
				"scaling.routing.when-all-lag=primary")) {
			UserService users = context.getBean(UserService.class);
			LongStream.rangeClosed(1, 50).forEach((id) -> users.create(new User(id, "user" + id)));
			for (String shard : List.of("shard-0", "shard-1")) {
				ShardServers.cluster(shard).awaitReplication();
			}
			UserTasks tasks = context.getBean(UserTasks.class);
			assertThat(tasks.inCode(List.of(1L, 2L, 3L))).isEqualTo("user42");
			for (String shard : List.of("shard-0", "shard-1")) {
				ShardServers.cluster(shard).awaitReplication();
			}
			assertThat(users.username(2)).isEqualTo("USER2");
			assertThat(users.count()).isEqualTo(50);
			List<User> newest = new ArrayList<>();
			assertThat(tasks.gathered(newest)).isEqualTo(50);
			assertThat(newest).extracting(User::id)
				.containsExactlyElementsOf(LongStream.rangeClosed(31, 50).map((id) -> 81 - id).boxed().toList());
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import({ UserService.class, UserTasks.class })
	static class Application {

	}

}
