package dev.scaling.benchmarks.contender;

import java.util.function.Supplier;

/**
 * A user whose requests come one after the other, with whatever they carry from one to
 * the next. Not thread-safe.
 */
public interface User {

	/**
	 * A user whose requests carry nothing.
	 */
	User WITHOUT_SESSION = new User() {

		@Override
		public <T> T request(Supplier<T> work) {
			return work.get();
		}

	};

	/**
	 * Serves a request.
	 * @param <T> the type of the result
	 * @param work what the request does
	 * @return its result
	 */
	<T> T request(Supplier<T> work);

}
