package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * A server that answers probes, or hangs, or fails.
 */
final class StubServer implements ProbeConnector {

	private final boolean inRecovery;

	private final List<Connection> connections = new ArrayList<>();

	private final List<Connection> closed = new CopyOnWriteArrayList<>();

	private final List<Long> queryTimes = new CopyOnWriteArrayList<>();

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger mostRunning = new AtomicInteger();

	private volatile @Nullable CountDownLatch connectGate;

	private volatile @Nullable CountDownLatch queryGate;

	private volatile @Nullable SQLException connectFailure;

	/**
	 * Fails on all connections that are there now.
	 */
	private volatile @Nullable SQLException queryFailure;

	private volatile boolean shared;

	StubServer(boolean inRecovery) {
		this.inRecovery = inRecovery;
	}

	CountDownLatch hangConnecting() {
		CountDownLatch gate = new CountDownLatch(1);
		this.connectGate = gate;
		return gate;
	}

	/**
	 * Lets queries hang, even when their connection is aborted.
	 */
	CountDownLatch hang() {
		CountDownLatch gate = new CountDownLatch(1);
		this.queryGate = gate;
		return gate;
	}

	void goOn() {
		this.connectGate = null;
		this.queryGate = null;
	}

	void refuse(@Nullable SQLException failure) {
		this.connectFailure = failure;
	}

	void breakConnections(SQLException failure) {
		this.queryFailure = failure;
	}

	void share() {
		this.shared = true;
	}

	synchronized int connections() {
		return this.connections.size();
	}

	int closedConnections() {
		return this.closed.size();
	}

	List<Long> queryTimes() {
		return this.queryTimes;
	}

	int queries() {
		return this.queryTimes.size();
	}

	int mostRunning() {
		return this.mostRunning.get();
	}

	boolean isBusy() {
		return this.running.get() > 0;
	}

	@Override
	public boolean isShared() {
		return this.shared;
	}

	@Override
	public Connection connect(String applicationName, Duration timeout) throws SQLException {
		enter();
		try {
			pass(this.connectGate);
			SQLException failure = this.connectFailure;
			if (failure != null) {
				throw failure;
			}
			return createConnection();
		}
		finally {
			this.running.decrementAndGet();
		}
	}

	private synchronized Connection createConnection() throws SQLException {
		SQLException healed = this.queryFailure;
		ResultSet resultSet = mock(ResultSet.class);
		given(resultSet.next()).willReturn(true);
		given(resultSet.getBoolean(1)).willReturn(this.inRecovery);
		given(resultSet.getInt(3)).willReturn(1);
		given(resultSet.getLong(9)).willReturn(1L);
		given(resultSet.getInt(12)).willReturn(System.identityHashCode(this));
		Statement statement = mock(Statement.class);
		given(statement.executeQuery(anyString())).willAnswer((invocation) -> {
			this.queryTimes.add(System.nanoTime());
			enter();
			try {
				pass(this.queryGate);
				SQLException failure = this.queryFailure;
				if (failure != null && failure != healed) {
					throw failure;
				}
				return resultSet;
			}
			finally {
				this.running.decrementAndGet();
			}
		});
		Connection connection = mock(Connection.class);
		given(connection.createStatement()).willReturn(statement);
		willAnswer((invocation) -> this.closed.add(connection)).given(connection).close();
		this.connections.add(connection);
		return connection;
	}

	private void enter() {
		int running = this.running.incrementAndGet();
		this.mostRunning.accumulateAndGet(running, Math::max);
	}

	private static void pass(@Nullable CountDownLatch gate) {
		boolean interrupted = false;
		while (gate != null) {
			try {
				gate.await();
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
