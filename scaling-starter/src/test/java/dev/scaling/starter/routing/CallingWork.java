package dev.scaling.starter.routing;

import java.util.concurrent.Callable;

/**
 * {@link Work} without a transaction attribute, from which {@link EntryStyle} makes those
 * that have one.
 */
class CallingWork implements Work {

	@Override
	public <T> T call(Callable<T> work) throws Exception {
		return work.call();
	}

}
