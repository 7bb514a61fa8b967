package dev.scaling.consistency;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConsistencySessionThreadLocalAccessor}.
 */
class ConsistencySessionThreadLocalAccessorTests {

	private final ExecutorService pool = Executors.newSingleThreadExecutor();

	@AfterEach
	void end() {
		ConsistencySession.set(null);
		this.pool.shutdownNow();
	}

	@Test
	void isFoundAsAService() {
		assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
			.hasAtLeastOneElementOfType(ConsistencySessionThreadLocalAccessor.class);
	}

	@Test
	void taskRunsInTheSessionOfItsSubmitter() throws Exception {
		ConsistencySession session = ConsistencySession.open();
		assertThat(session.<ConsistencySession, Exception>call(() -> inPool(ConsistencySession::current)))
			.isSameAs(session);
	}

	@Test
	void taskFollowsAThreadThatHasASessionOfItsOwn() throws Exception {
		ConsistencySession own = ConsistencySession.current();
		assertThat(inPool(ConsistencySession::current)).isSameAs(own);
	}

	@Test
	void threadOfAPoolHasItsOwnSessionAgainAfterATask() throws Exception {
		ConsistencySession own = this.pool.submit(ConsistencySession::current).get();
		ConsistencySession.open().<Void, Exception>call(() -> {
			inPool(ConsistencySession::current);
			return null;
		});
		assertThat(this.pool.submit(ConsistencySession::current).get()).isSameAs(own);
	}

	@Test
	void threadOfAPoolInheritsNoSession() throws Exception {
		ConsistencySession.open().<Void, Exception>call(() -> {
			inPool(ConsistencySession::current);
			return null;
		});
		assertThat(this.pool.submit(ConsistencySession::currentOrNull).get()).isNull();
	}

	@Test
	void threadWithoutASessionGivesNone() throws Exception {
		assertThat(inPool(ConsistencySession::currentOrNull)).isNull();
		assertThat(ConsistencySession.currentOrNull()).isNull();
	}

	@Test
	void executorsOfSpringCarryIt() throws Exception {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("task-");
		executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
		ConsistencySession session = ConsistencySession.open();
		assertThat(session
			.<ConsistencySession, Exception>call(() -> executor.submit(ConsistencySession::currentOrNull).get()))
			.isSameAs(session);
	}

	private <T> T inPool(Callable<T> task) throws InterruptedException, ExecutionException {
		return this.pool.submit(ContextSnapshotFactory.builder().build().captureAll().wrap(task)).get();
	}

}
