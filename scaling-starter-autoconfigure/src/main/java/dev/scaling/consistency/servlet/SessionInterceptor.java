package dev.scaling.consistency.servlet;

import java.util.concurrent.Callable;

import dev.scaling.consistency.ConsistencySession;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;

/**
 * Takes the session of a request along to the thread that runs the {@link Callable} of
 * its controller.
 */
final class SessionInterceptor implements CallableProcessingInterceptor {

	private final ConsistencySession session;

	private ConsistencySession.@Nullable Scope scope;

	SessionInterceptor(ConsistencySession session) {
		this.session = session;
	}

	@Override
	public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
		this.scope = this.session.makeCurrent();
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
		ConsistencySession.Scope scope = this.scope;
		if (scope != null) {
			scope.close();
		}
	}

}
