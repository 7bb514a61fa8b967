package dev.scaling.autoconfigure;

import java.time.Duration;
import java.util.List;

import dev.scaling.consistency.Carrier;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.servlet.ConsistencySessionFilter;
import dev.scaling.servlet.RouteHeaderFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScalingServletAutoConfiguration}.
 */
class ScalingServletAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations.of(
			DataSourceAutoConfiguration.class, ScalingConnectionDetailsAutoConfiguration.class,
			ScalingAutoConfiguration.class, ScalingServletAutoConfiguration.class);

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(autoConfigurations)
		.withPropertyValues("scaling.failover.start-without-primary=true",
				"scaling.primary.url=jdbc:postgresql://127.0.0.1:1/shop");

	private final WebApplicationContextRunner replicated = this.contextRunner
		.withPropertyValues("scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop");

	@Test
	void sessionsAreCarriedByDefault() {
		this.replicated.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(ConsistencySessionFilter.class)
			.doesNotHaveBean(RouteHeaderFilter.class));
	}

	@ParameterizedTest
	@CsvSource({ "session, cookie, true", "session, header, true", "session, none, true", "window, cookie, true",
			"none, cookie, false", "none, none, false", "NONE, cookie, false" })
	void modeDecidesWhetherThereAreSessions(String mode, String carrier, boolean expected) {
		this.replicated.withPropertyValues("scaling.consistency.mode=" + mode, "scaling.consistency.carrier=" + carrier)
			.run((context) -> assertThat(context.getBeansOfType(ConsistencySessionFilter.class))
				.hasSize(expected ? 1 : 0));
	}

	@Test
	void carrierAndTimeToLiveAreThoseOfTheProperties() {
		this.replicated.withPropertyValues("scaling.consistency.token-ttl=45s").run((context) -> {
			MockHttpServletResponse response = new MockHttpServletResponse();
			write(context.getBean(ConsistencySessionFilter.class), response);
			assertThat(response.getCookies()).singleElement()
				.satisfies((cookie) -> assertThat(cookie.getMaxAge()).isEqualTo(45));
		});
		this.replicated.withPropertyValues("scaling.consistency.carrier=header").run((context) -> {
			MockHttpServletResponse response = new MockHttpServletResponse();
			write(context.getBean(ConsistencySessionFilter.class), response);
			assertThat(response.getHeaderNames()).containsExactly("Scaling-Session");
		});
		this.replicated.withPropertyValues("scaling.consistency.carrier=none").run((context) -> {
			MockHttpServletResponse response = new MockHttpServletResponse();
			write(context.getBean(ConsistencySessionFilter.class), response);
			assertThat(response.getHeaderNames()).isEmpty();
		});
	}

	@Test
	void filterDoesNothingWithoutReplicas() {
		this.contextRunner.run((context) -> {
			MockHttpServletResponse response = new MockHttpServletResponse();
			context.getBean(ConsistencySessionFilter.class)
				.doFilter(new MockHttpServletRequest(), response,
						(request, unwrapped) -> assertThat(unwrapped).isSameAs(response));
		});
	}

	@Test
	void filterComesBeforeWhateverUsesTheDatabase() {
		int springSession = Integer.MIN_VALUE + 50;
		this.replicated.run((context) -> assertThat(context.getBean(ConsistencySessionFilter.class).getOrder())
			.isGreaterThan(Ordered.HIGHEST_PRECEDENCE)
			.isLessThan(springSession));
	}

	@Test
	void filterOfTheApplicationIsRespected() {
		this.replicated.withUserConfiguration(FilterConfiguration.class)
			.run((context) -> assertThat(context.getBeansOfType(ConsistencySessionFilter.class))
				.containsOnlyKeys("ownFilter"));
	}

	@Test
	void bothFiltersExistIndependently() {
		this.replicated.withPropertyValues("scaling.routing.response-header=true")
			.run((context) -> assertThat(context).hasSingleBean(ConsistencySessionFilter.class)
				.hasSingleBean(RouteHeaderFilter.class));
		this.replicated.withPropertyValues("scaling.routing.response-header=true", "scaling.consistency.mode=none")
			.run((context) -> assertThat(context).doesNotHaveBean(ConsistencySessionFilter.class)
				.hasSingleBean(RouteHeaderFilter.class));
	}

	@Test
	void nothingIsThereOutsideOfServletApplications() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.withPropertyValues("scaling.failover.start-without-primary=true",
					"scaling.primary.url=jdbc:postgresql://127.0.0.1:1/shop",
					"scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConsistencySessionFilter.class));
		this.replicated.withClassLoader(new FilteredClassLoader(OncePerRequestFilter.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("consistencySessionFilter"));
		this.replicated.withPropertyValues("scaling.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ConsistencySessionFilter.class));
	}

	private static void write(ConsistencySessionFilter filter, MockHttpServletResponse response) throws Exception {
		filter.doFilter(new MockHttpServletRequest(), response,
				(request, wrapped) -> ConsistencySession.current().markWrite());
	}

	@Configuration(proxyBeanMethods = false)
	static class FilterConfiguration {

		@Bean
		ConsistencySessionFilter ownFilter() {
			return new ConsistencySessionFilter(Carrier.HEADER, ConsistencyMode.SESSION, Duration.ofSeconds(30),
					List::of);
		}

	}

}
