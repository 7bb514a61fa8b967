package dev.scaling.routing;

import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What has to be done to pools because of a new assessment, outside of any lock.
 */
final class TopologyChanges {

	private static final Log logger = LogFactory.getLog(LiveTopology.class);

	private final List<Runnable> actions = new ArrayList<>();

	private boolean failedOver;

	/**
	 * The idle connections of a pool, and those that come back to it, are of no use.
	 */
	void evict(NodePool pool) {
		this.actions.add(pool::evictAll);
	}

	/**
	 * Nothing that is done on a node is to be believed.
	 */
	void abort(NodePool pool, String reason) {
		this.actions.add(() -> {
			int aborted = pool.abortAll(reason);
			if (aborted > 0) {
				logger.warn("Aborted " + aborted + " connections to " + pool.node().id() + ": " + reason);
			}
		});
	}

	/**
	 * Another node has become the primary.
	 */
	void failedOver() {
		this.failedOver = true;
	}

	boolean isFailedOver() {
		return this.failedOver;
	}

	void apply() {
		this.actions.forEach(Runnable::run);
	}

}
