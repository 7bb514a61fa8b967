package dev.scaling.starter.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Checks the table of transactions in {@code docs/read-write-splitting.md}, cell by cell,
 * against the node that {@code pg_stat_statements} saw.
 */
abstract class AbstractPropagationMatrixTests {

	@Autowired
	private ApplicationContext context;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@Autowired
	private PostgresCluster cluster;

	private Probes probes;

	@BeforeEach
	void createProbes() {
		this.probes = Probes.on(this.cluster);
	}

	/**
	 * Reads a table in the way that the test is about.
	 */
	abstract int read(String table);

	/**
	 * Runs the whole case: the outer transaction and all in it.
	 */
	void runCase(Callable<?> work) throws Exception {
		work.call();
	}

	String expected(Case example) {
		return example.expected();
	}

	@ParameterizedTest
	@MethodSource("cases")
	void transactionsGoWhereTheDocumentationSays(Case example) throws Exception {
		if (expected(example).equals("exception")) {
			assertNothingIsRead(example);
		}
		else {
			assertRoute(example);
		}
	}

	private void assertNothingIsRead(Case example) throws Exception {
		List<String> served = this.probes.served(() -> assertThatExceptionOfType(TransactionException.class)
			.isThrownBy(() -> run(example, new ArrayList<>())));
		assertThat(served).isEmpty();
	}

	private void assertRoute(Case example) throws Exception {
		List<Integer> sessions = new ArrayList<>();
		Map<String, List<String>> served = this.probes.servedByTable(() -> {
			run(example, sessions);
			return null;
		});
		List<String> inner = served.get(Probes.INNER);
		List<String> outer = served.get(Probes.OUTER);
		assertThat(inner).hasSize(1);
		switch (expected(example)) {
			case "primary" -> assertThat(inner).containsExactly("primary");
			case "replica" -> assertThat(inner).allMatch(Probes::isReplica);
			case "joins: replica" -> {
				assertThat(inner).allMatch(Probes::isReplica);
				assertThat(sessions.stream().distinct()).as("sessions of the servers").hasSize(1);
			}
			case "joins: primary" -> {
				assertThat(inner).containsExactly("primary");
				assertThat(sessions.stream().distinct()).as("sessions of the servers").hasSize(1);
			}
			default -> throw new IllegalStateException("Unknown cell '" + expected(example) + "'");
		}
		switch (example.outer()) {
			case NONE -> assertThat(outer).isEmpty();
			case READ_ONLY -> assertThat(outer).isNotEmpty().allMatch(Probes::isReplica);
			case READ_WRITE -> assertThat(outer).isNotEmpty().allMatch("primary"::equals);
		}
	}

	private void run(Case example, List<Integer> sessions) throws Exception {
		runCase(() -> {
			if (example.outer() == Outer.NONE) {
				call(example, sessions);
				return null;
			}
			TransactionTemplate outer = new TransactionTemplate(this.transactionManager);
			outer.setReadOnly(example.outer() == Outer.READ_ONLY);
			outer.executeWithoutResult((status) -> {
				if (example.outerReadsFirst()) {
					sessions.add(read(Probes.OUTER));
				}
				call(example, sessions);
				sessions.add(read(Probes.OUTER));
			});
			return null;
		});
	}

	private void call(Case example, List<Integer> sessions) {
		if (example.style() == EntryStyle.TEMPLATE) {
			TransactionTemplate template = new TransactionTemplate(this.transactionManager);
			template.setPropagationBehavior(example.propagation().value());
			template.setReadOnly(example.readOnly());
			template.executeWithoutResult((status) -> sessions.add(read(Probes.INNER)));
			return;
		}
		Work work = this.context.getBean(example.style().beanName(example.propagation(), example.readOnly()),
				Work.class);
		try {
			work.call(() -> sessions.add(read(Probes.INNER)));
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static Stream<Arguments> cases() {
		return RouteTable.rows("transactions").stream().flatMap((row) -> {
			Propagation propagation = Propagation.valueOf(row.get(0));
			boolean readOnly = Boolean.parseBoolean(row.get(1));
			List<Arguments> cases = new ArrayList<>();
			for (EntryStyle style : EntryStyle.values()) {
				cases.add(Arguments.of(new Case(propagation, readOnly, style, Outer.NONE, false, row.get(2))));
				for (boolean first : new boolean[] { true, false }) {
					cases.add(Arguments.of(new Case(propagation, readOnly, style, Outer.READ_ONLY, first, row.get(3))));
					cases
						.add(Arguments.of(new Case(propagation, readOnly, style, Outer.READ_WRITE, first, row.get(4))));
				}
			}
			return cases.stream();
		});
	}

	/**
	 * A cell of the table in one of the styles.
	 */
	record Case(Propagation propagation, boolean readOnly, EntryStyle style, Outer outer, boolean outerReadsFirst,
			String expected) {

		@Override
		public String toString() {
			String around = switch (this.outer) {
				case NONE -> "without a transaction";
				case READ_ONLY -> "in a read-only transaction";
				case READ_WRITE -> "in a read-write transaction";
			};
			return this.propagation + (this.readOnly ? " read-only" : " read-write") + " by " + this.style + " "
					+ around + (this.outerReadsFirst ? " that has read already" : "") + ": " + this.expected;
		}

	}

	/**
	 * The transaction around the one that a case is about.
	 */
	enum Outer {

		NONE, READ_ONLY, READ_WRITE

	}

}
