package dev.scaling.starter.advisor.documentation;

import java.lang.management.ManagementFactory;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.management.ObjectName;

import com.jayway.jsonpath.JsonPath;
import dev.scaling.actuate.endpoint.ScalingAdvisorEndpoint;
import dev.scaling.autoconfigure.ScalingAdvisorProperties;
import dev.scaling.insight.advisor.Bottleneck;
import dev.scaling.insight.advisor.Remedy;
import dev.scaling.starter.adoption.Applications;
import dev.scaling.starter.documentation.Page;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@code docs/advisor.md}.
 */
class AdvisorPageTests {

	private static final Page PAGE = Page.of("advisor.md");

	@Test
	void defaultsAndQuestionsAreThoseOfThePage() {
		List<String> yaml = PAGE.blocks("yaml");
		assertThat(Page.bind(yaml.get(1), "scaling.advisor", ScalingAdvisorProperties.class)).usingRecursiveComparison()
			.isEqualTo(new ScalingAdvisorProperties());
		List<String> onPage = new ArrayList<>();
		onPage.addAll(List.of(Page.properties(yaml.get(1)).getPropertyNames()));
		onPage.addAll(List.of(Page.properties(yaml.get(2)).getPropertyNames()));
		assertThat(onPage).hasSameSizeAs(Arrays.stream(BeanUtils.getPropertyDescriptors(ScalingAdvisorProperties.class))
			.filter((property) -> property.getWriteMethod() != null)
			.toList());
		BeanWrapper answers = new BeanWrapperImpl(
				Page.bind(yaml.get(2), "scaling.advisor", ScalingAdvisorProperties.class));
		assertThat(answers.getPropertyValue("processors")).isEqualTo(16);
		assertThat(answers.getPropertyValue("scaleUpExhausted")).isEqualTo(false);
	}

	@Test
	void bottlenecksRemediesAndFindingsAreThoseOfThePage() {
		String page = PAGE.text();
		for (Bottleneck bottleneck : Bottleneck.values()) {
			assertThat(page).contains("| `" + bottleneck.tag() + "` |");
		}
		for (Remedy remedy : Remedy.values()) {
			if (remedy != Remedy.PROFILE) {
				assertThat(page).contains("| " + remedy.tag() + " | " + remedy.solves() + " | " + remedy.complexity()
						+ " | " + remedy.consistency() + " | " + remedy.cost() + " |");
			}
			assertThat(Path.of("..", remedy.documentation())).exists();
		}
	}

	@Test
	void applicationWithTheYamlAnswersAsJsonAndAsText() throws Exception {
		List<String> properties = new ArrayList<>(List.of("server.port=0", "spring.jmx.enabled=true",
				"management.endpoints.jmx.exposure.include=scalingadvisor",
				"scaling.insight.statistics.enabled=false"));
		for (EnumerablePropertySource<?> page : PAGE.blocks("yaml").stream().map(Page::properties).toList()) {
			for (String name : page.getPropertyNames()) {
				properties.add(name + "=" + page.getProperty(name));
			}
		}
		try (ConfigurableApplicationContext context = Applications.runOnCluster(Application.class,
				properties.toArray(String[]::new))) {
			RestClient client = RestClient
				.create("http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port"));
			ResponseEntity<String> json = client.get()
				.uri("/actuator/scalingadvisor")
				.retrieve()
				.toEntity(String.class);
			assertThat(json.getHeaders().getContentType().toString())
				.startsWith("application/vnd.spring-boot.actuator.v3+json");
			assertFields(json.getBody());
			String body = client.get()
				.uri("/actuator/scalingadvisor")
				.accept(MediaType.APPLICATION_JSON)
				.retrieve()
				.body(String.class);
			assertThat(JsonPath.<String>read(body, "$.verdict")).startsWith("not known");
			assertThat(JsonPath.<List<String>>read(body, "$.notes")).singleElement()
				.asString()
				.contains("'scaling.insight.statistics.enabled'");
			ResponseEntity<String> text = client.get()
				.uri("/actuator/scalingadvisor")
				.accept(MediaType.TEXT_PLAIN)
				.retrieve()
				.toEntity(String.class);
			assertThat(text.getHeaders().getContentType().toString()).isEqualTo("text/plain;charset=UTF-8");
			assertThat(text.getBody()).startsWith("Verdict: not known").contains("Notes:\n  - There are no statistics");
			assertThat(String.valueOf(ManagementFactory.getPlatformMBeanServer()
				.invoke(new ObjectName("org.springframework.boot:type=Endpoint,name=Scalingadvisor"), "advice",
						new Object[] { null }, new String[] { String.class.getName() })))
				.startsWith("{verdict=not known");
			assertThat(context.getBean(MeterRegistry.class)
				.get("scaling.advisor.findings")
				.tag("bottleneck", "read-load")
				.tag("severity", "high")
				.gauge()
				.value()).isZero();
		}
	}

	private static void assertFields(String json) {
		String page = PAGE.text();
		Map<String, ?> fields = JsonPath.read(json, "$");
		assertThat(fields.keySet())
			.allSatisfy((field) -> assertThat(page).containsAnyOf("`" + field + "`", "`" + field + "[]`"));
		for (RecordComponent field : ScalingAdvisorEndpoint.FindingDescriptor.class.getRecordComponents()) {
			assertThat(page).containsAnyOf("`" + field.getName() + "`", "`" + field.getName() + "[]`");
		}
	}

	@Test
	void wrongThresholdsEndTheStart() {
		assertThatException()
			.isThrownBy(() -> Applications.runOnCluster(Application.class, "scaling.advisor.processors=0").close())
			.withStackTraceContaining("scaling.advisor.processors");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	static class Application {

	}

}
