package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import dev.scaling.topology.Node;
import dev.scaling.topology.NodeRole;
import dev.scaling.topology.NodeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.AbstractDataSource;

import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link NodeMonitor}.
 */
class NodeMonitorTests {

	private final StubDataSource server = new StubDataSource();

	private final NodePool replica = pool("replica-1", NodeRole.REPLICA);

	private final LiveTopology topology = new LiveTopology(pool("primary", NodeRole.PRIMARY), List.of(this.replica),
			Clock.systemUTC());

	private final NodeMonitor monitor = new NodeMonitor(this.topology);

	@AfterEach
	void stop() {
		this.monitor.stop();
	}

	@Test
	void replicaThatIsDownAtTheStartIsLeftAloneUntilItIsReached() {
		this.server.reachable = false;
		this.monitor.start();
		awaitState(NodeState.EJECTED);
		this.server.reachable = true;
		awaitState(NodeState.UP);
	}

	@Test
	void replicaThatFailsLaterComesBack() {
		this.monitor.start();
		this.topology.eject(this.replica, "failed");
		awaitState(NodeState.UP);
	}

	@Test
	void replicaThatFailedBeforeTheMonitorStartedComesBackAtOnce() {
		this.topology.eject(this.replica, "failed early");
		this.monitor.start();
		awaitState(NodeState.UP);
	}

	@Test
	void replicaThatFailedBeforeTheMonitorStartedComesBackWhenItIsReached() {
		this.server.reachable = false;
		this.topology.eject(this.replica, "failed early");
		this.monitor.start();
		await().until(() -> this.server.attempts > 1);
		this.server.reachable = true;
		awaitState(NodeState.UP);
	}

	private void awaitState(NodeState state) {
		await().atMost(Duration.ofSeconds(20))
			.until(() -> this.topology.current().node("replica-1").orElseThrow().state() == state);
	}

	private NodePool pool(String id, NodeRole role) {
		return new NodePool(new Node(id, Node.MAIN_CLUSTER, role, null, 1), this.server);
	}

	private static final class StubDataSource extends AbstractDataSource {

		private volatile boolean reachable = true;

		private volatile int attempts;

		@Override
		public synchronized Connection getConnection() throws SQLException {
			this.attempts++;
			if (!this.reachable) {
				throw new SQLException("refused", "08001");
			}
			Connection connection = mock(Connection.class);
			given(connection.isValid(anyInt())).willReturn(true);
			return connection;
		}

		@Override
		public Connection getConnection(String username, String password) throws SQLException {
			return getConnection();
		}

	}

}
