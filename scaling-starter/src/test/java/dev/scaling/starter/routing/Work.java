package dev.scaling.starter.routing;

import java.util.concurrent.Callable;

/**
 * A service whose transaction attribute is all that matters.
 */
interface Work {

	<T> T call(Callable<T> work) throws Exception;

}
