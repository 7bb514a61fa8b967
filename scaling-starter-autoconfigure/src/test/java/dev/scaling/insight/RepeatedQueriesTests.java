package dev.scaling.insight;

import java.lang.reflect.Proxy;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RepeatedQueries}.
 */
class RepeatedQueriesTests {

	private static final Node NODE = new Node("primary", "main", NodeRole.PRIMARY, null, 1, true);

	private static final Statement STATEMENT = (Statement) Proxy.newProxyInstance(
			RepeatedQueriesTests.class.getClassLoader(), new Class<?>[] { Statement.class },
			(proxy, method, args) -> null);

	private final RepeatedQueries queries = new RepeatedQueries(3, 1);

	@Test
	void repetitionsOfOnePieceOfWorkAreFound() {
		work("first", 3);
		work("second", 5);
		assertThat(this.queries.found()).isEqualTo(2);
		assertThat(this.queries.queries()).singleElement().satisfies((query) -> {
			assertThat(query.sql()).isEqualTo("SELECT name FROM item WHERE id = ?");
			assertThat(query.work()).isEqualTo("first");
			assertThat(query.occurrences()).isEqualTo(2);
			assertThat(query.maximum()).isEqualTo(5);
			assertThat(query.lost()).isEqualTo(Duration.ofNanos(2 * 7 + 4 * 7));
		});
	}

	@Test
	void fewerThanTheThresholdAreNot() {
		for (int i = 0; i < 10; i++) {
			work("small", 2);
		}
		assertThat(this.queries.queries()).isEmpty();
		assertThat(this.queries.found()).isZero();
	}

	@Test
	void partsOfOnePieceOfWorkAreCountedTogether() {
		this.queries.begin();
		work("part", 2);
		work("part", 2);
		this.queries.end("whole", String::toString);
		assertThat(this.queries.queries()).singleElement()
			.matches((query) -> query.maximum() == 4 && query.work().equals("whole"));
	}

	@Test
	void statementsOutsideOfWorkAreNotCounted() {
		execute(10);
		this.queries.end("nothing", String::toString);
		work("small", 1);
		assertThat(this.queries.queries()).isEmpty();
	}

	@Test
	void workThatRepeatsNothingNeedsNoName() {
		AtomicInteger names = new AtomicInteger();
		for (int executions = 1; executions < 4; executions++) {
			this.queries.begin();
			execute(executions);
			this.queries.end(names, (counter) -> "work " + counter.incrementAndGet());
		}
		assertThat(this.queries.queries()).singleElement().matches((query) -> query.work().equals("work 1"));
		assertThat(names).hasValue(1);
	}

	@Test
	void oneInSeveralPiecesOfWorkIsLookedAt() {
		RepeatedQueries sampled = new RepeatedQueries(2, 5);
		for (int i = 0; i < 11; i++) {
			sampled.begin();
			sampled.executed(NODE, "SELECT 1", 1, STATEMENT);
			sampled.executed(NODE, "SELECT 2", 1, STATEMENT);
			sampled.end("work", String::toString);
		}
		assertThat(sampled.found()).isEqualTo(3);
	}

	@Test
	void settingsAreChecked() {
		assertThatIllegalArgumentException().isThrownBy(() -> new RepeatedQueries(1, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new RepeatedQueries(2, 0));
	}

	private void work(String name, int executions) {
		this.queries.begin();
		execute(executions);
		this.queries.end(name, String::toString);
	}

	private void execute(int executions) {
		for (int i = 0; i < executions; i++) {
			this.queries.executed(NODE, "SELECT name FROM item WHERE id = " + i, 7, STATEMENT);
		}
	}

}
