package dev.scaling.starter.sharding.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import dev.scaling.Shards;
import dev.scaling.autoconfigure.ScalingProperties;
import dev.scaling.starter.sharding.ShardServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in {@code docs/sharding.md}: the Java is that of this package,
 * and applications run with the YAML.
 */
class ShardingPageTests {

	private static final Path PAGE = Path.of("..", "docs", "sharding.md");

	private static final Path SOURCES = Path.of("src", "test", "java",
			ShardingPageTests.class.getPackageName().replace('.', '/'));

	@Test
	void javaIsCompiledAsItStandsThere() throws IOException {
		assertThat(blocks("java")).isNotEmpty().containsExactlyInAnyOrderElementsOf(snippets());
	}

	static List<String> yaml() throws IOException {
		return blocks("yaml");
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void applicationsRunWithTheYaml(String yaml) throws IOException {
		for (String shard : List.of("shard-0", "shard-1")) {
			ShardServers.execute(shard, "CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, username text)");
			ShardServers.execute(shard, "TRUNCATE users");
		}
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("page", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.get(0);
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addLast(source);
		ScalingProperties properties = Binder.get(environment)
			.bindOrCreate("scaling", Bindable.of(ScalingProperties.class),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
		String keyspaces = "scaling.keyspaces.";
		List<String> arguments = new ArrayList<>();
		for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
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

	private static List<String> snippets() throws IOException {
		List<String> snippets = new ArrayList<>();
		try (Stream<Path> files = Files.list(SOURCES)) {
			for (Path file : files.filter((path) -> !path.endsWith("ShardingPageTests.java")).toList()) {
				Matcher matcher = Pattern
					.compile("[\\t ]*// tag::(\\w+)\\[]\\n(.*?)[\\t ]*// end::\\1\\[]", Pattern.DOTALL)
					.matcher(Files.readString(file, StandardCharsets.UTF_8));
				while (matcher.find()) {
					snippets.add(matcher.group(2).stripTrailing().stripIndent() + "\n");
				}
			}
		}
		return snippets;
	}

	private static List<String> blocks(String language) throws IOException {
		List<String> blocks = new ArrayList<>();
		Matcher matcher = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
			.matcher(Files.readString(PAGE, StandardCharsets.UTF_8));
		while (matcher.find()) {
			blocks.add(matcher.group(1));
		}
		return blocks;
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@Import({ UserService.class, UserTasks.class })
	static class Application {

	}

}
