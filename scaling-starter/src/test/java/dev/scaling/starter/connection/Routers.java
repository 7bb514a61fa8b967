package dev.scaling.starter.connection;

import java.time.Duration;

import dev.scaling.routing.ReplicaSelectors;
import dev.scaling.routing.Router;
import dev.scaling.routing.RoutingDataSource;
import dev.scaling.routing.RoutingListener;
import dev.scaling.routing.RoutingOptions;

/**
 * Further routers over the nodes of an application.
 */
final class Routers {

	private Routers() {
	}

	static Router of(RoutingDataSource dataSource) {
		return new Router(dataSource.topology(), new RoutingOptions(ReplicaSelectors.ROUND_ROBIN, false, false,
				Duration.ofSeconds(2), RoutingListener.NONE));
	}

	static Router releasingOnClose(RoutingDataSource dataSource) {
		return new Router(dataSource.topology(), new RoutingOptions(ReplicaSelectors.ROUND_ROBIN, false, true,
				Duration.ofSeconds(2), RoutingListener.NONE));
	}

}
