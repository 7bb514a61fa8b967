package dev.scaling.starter.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import dev.scaling.RoutingContext;
import dev.scaling.starter.routing.AbstractPropagationMatrixTests.Outer;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the table of work without a transaction attribute of the application's own in
 * {@code docs/read-write-splitting.md} against the node that {@code pg_stat_statements}
 * saw.
 */
abstract class AbstractOtherRoutesTests {

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private PostgresCluster cluster;

	private Probes probes;

	@BeforeEach
	void createProbes() {
		this.probes = Probes.on(this.cluster);
	}

	/**
	 * The ways in by the name that the table has for them.
	 */
	Map<String, Callable<?>> ways() {
		Map<String, Callable<?>> ways = new LinkedHashMap<>();
		ways.put("JdbcClient, JdbcTemplate", this::read);
		ways.put("JdbcClient in RoutingContext.read()", () -> RoutingContext.read().call(this::read));
		ways.put("JdbcClient in RoutingContext.write()", () -> RoutingContext.write().call(this::read));
		ways.put("a new read-only transaction in RoutingContext.write()",
				() -> RoutingContext.write().call(() -> readInNewTransaction(true)));
		ways.put("a new read-only transaction in RoutingContext.read()",
				() -> RoutingContext.read().call(() -> readInNewTransaction(true)));
		ways.put("a new read-write transaction in RoutingContext.read()",
				() -> RoutingContext.read().call(() -> readInNewTransaction(false)));
		ways.put("RoutingContext.read() in RoutingContext.write()",
				() -> RoutingContext.write().call(() -> RoutingContext.read().call(this::read)));
		return ways;
	}

	private Object read() {
		return this.jdbc.sql(Probes.sql(Probes.INNER)).query(Integer.class).single();
	}

	private Object readInNewTransaction(boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		template.setReadOnly(readOnly);
		return template.execute((status) -> read());
	}

	@Test
	void allWaysAreDocumented() {
		assertThat(RouteTable.rows("other ways").stream().map((row) -> row.get(0))).containsAll(ways().keySet());
	}

	@ParameterizedTest
	@MethodSource("cases")
	void workGoesWhereTheDocumentationSays(String way, Outer outer, String expected) throws Exception {
		Callable<?> work = ways().get(way);
		if (work == null) {
			return;
		}
		Map<String, List<String>> served = this.probes.servedByTable(() -> run(outer, work));
		List<String> inner = served.get(Probes.INNER);
		assertThat(inner).hasSize(1);
		switch (expected) {
			case "primary", "joins: primary" -> assertThat(inner).containsExactly("primary");
			case "replica" -> assertThat(inner).allMatch(Probes::isReplica);
			case "joins: replica" -> assertThat(inner).allMatch(Probes::isReplica).isSubsetOf(served.get(Probes.OUTER));
			default -> throw new IllegalStateException("Unknown cell '" + expected + "'");
		}
	}

	private Object run(Outer outer, Callable<?> work) throws Exception {
		if (outer == Outer.NONE) {
			return work.call();
		}
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setReadOnly(outer == Outer.READ_ONLY);
		return template.execute((status) -> {
			this.jdbc.sql(Probes.sql(Probes.OUTER)).query(Integer.class).single();
			try {
				return work.call();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	static Stream<Arguments> cases() {
		return RouteTable.rows("other ways").stream().flatMap((row) -> {
			List<Arguments> cases = new ArrayList<>();
			for (Outer outer : Outer.values()) {
				cases.add(Arguments.of(row.get(0), outer, row.get(1 + outer.ordinal())));
			}
			return cases.stream();
		});
	}

}
