package dev.scaling;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Carries the {@link RoutingContext} of a thread, and with it the key or shard of its
 * work, to the tasks that it starts, wherever Micrometer's context propagation is used:
 * for {@code @Async} methods and the tasks of Spring Boot's executors set
 * {@code spring.task.execution.propagate-context} to {@code true}. Found as a service.
 * <p>
 * A task has the context that was open when it was submitted, also after the submitter
 * has left its block. Outside of any block there is nothing to carry: the task's work has
 * no key then, and is refused or belongs to {@code main}, as without propagation. Each
 * task has its own transactions.
 *
 * @since 0.1.0
 */
public final class RoutingContextThreadLocalAccessor implements ThreadLocalAccessor<RoutingContext> {

	/**
	 * Key of the context.
	 */
	public static final String KEY = "scaling.routing-context";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable RoutingContext getValue() {
		return RoutingContext.current();
	}

	@Override
	public void setValue(RoutingContext value) {
		RoutingContext.set(value);
	}

	@Override
	public void setValue() {
		RoutingContext.set(null);
	}

}
