package dev.scaling.benchmarks.contender;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

import dev.scaling.benchmarks.stub.StubDriver;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * The application that every contender runs in: an ordinary one with Spring JDBC.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
final class ContenderApplication {

	private ContenderApplication() {
	}

	static Contender contender(String name) {
		List<String> names = new ArrayList<>();
		for (Contender contender : ServiceLoader.load(Contender.class)) {
			if (contender.name().equals(name)) {
				return contender;
			}
			names.add(contender.name());
		}
		throw new IllegalArgumentException("There is no '%s' in this class path, only %s".formatted(name, names));
	}

	/**
	 * Starts the application.
	 * @param contender the contender
	 * @param nodes the nodes
	 * @param properties more properties, which win
	 * @return the running application, to be closed by the caller
	 */
	static ConfigurableApplicationContext start(Contender contender, Nodes nodes, Map<String, String> properties) {
		Map<String, Object> all = new LinkedHashMap<>();
		all.put("spring.main.banner-mode", "off");
		all.put("logging.level.root", "error");
		if (nodes.isStub()) {
			all.put("spring.datasource.driver-class-name", StubDriver.class.getName());
		}
		all.putAll(contender.properties(nodes));
		all.putAll(properties);
		SpringApplicationBuilder builder = new SpringApplicationBuilder(ContenderApplication.class)
			.web(WebApplicationType.NONE)
			.properties(all)
			.initializers((GenericApplicationContext context) -> register(contender, nodes, context));
		if (contender.configuration() != Contender.class) {
			builder.sources(contender.configuration());
		}
		return builder.run();
	}

	private static void register(Contender contender, Nodes nodes, GenericApplicationContext context) {
		context.registerBean(Contender.class, () -> contender);
		context.registerBean(Nodes.class, () -> nodes);
		context.registerBean(contender.reader());
		context.registerBean(Writer.class);
		if (!nodes.shards().isEmpty()) {
			context.registerBean(contender.shardStore());
			context.registerBean("shard", ShardRateWorkload.class);
			context.registerBean("gather", GatherWorkload.class);
			context.registerBean("scan", ScanWorkload.class);
		}
		context.registerBean("role", RoleWorkload.class);
		contender.workloads().forEach((name, workload) -> context.registerBean(name, workload));
		context.registerBean("rate", RateWorkload.class);
		context.registerBean("resources", ResourceWorkload.class);
		context.registerBean("call", CallWorkload.class);
		context.registerBean("session", SessionWorkload.class);
		context.registerBean("thinking", ThinkingWorkload.class);
		context.registerBean("timeline", TimelineWorkload.class);
		context.registerBean("answers", AnswersWorkload.class);
		if (ClassUtils.isPresent("jakarta.persistence.Entity", context.getClassLoader())) {
			context.registerBean(OpenInViewWorkload.NamedNodes.class);
			context.registerBean("open-in-view", OpenInViewWorkload.class);
		}
	}

}
