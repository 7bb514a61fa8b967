package dev.scaling.consistency;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Carries the {@link ConsistencySession} of a thread to the tasks that it starts,
 * wherever Micrometer's context propagation is used: for {@code @Async} methods and the
 * tasks of Spring Boot's executors set {@code spring.task.execution.propagate-context} to
 * {@code true}. Found as a service.
 * <p>
 * A task shares the session of the thread that has submitted it, so that each sees what
 * the other has written. A thread that has no session, because none was opened and it has
 * not used the database, gives its tasks none.
 *
 * @since 0.1.0
 */
public final class ConsistencySessionThreadLocalAccessor implements ThreadLocalAccessor<ConsistencySession> {

	/**
	 * Key of the session.
	 */
	public static final String KEY = "scaling.consistency-session";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable ConsistencySession getValue() {
		return ConsistencySession.currentOrNull();
	}

	@Override
	public void setValue(ConsistencySession value) {
		ConsistencySession.set(value);
	}

	@Override
	public void setValue() {
		ConsistencySession.set(null);
	}

}
