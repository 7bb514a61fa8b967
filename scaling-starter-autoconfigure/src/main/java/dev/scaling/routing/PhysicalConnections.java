package dev.scaling.routing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

import dev.scaling.topology.Server;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The driver's connections of one pool, in use or not, and which server they reach. They
 * are noted when they are made, so that it costs a call nothing. Thread-safe.
 *
 * @since 0.1.0
 */
public final class PhysicalConnections {

	private static final Log logger = LogFactory.getLog(PhysicalConnections.class);

	private static final int REMEMBERED_SERVERS = 16;

	/**
	 * How often connections have to come back to a server before its URL is said to stand
	 * for several: one that was restarted or replaced never comes back.
	 */
	private static final int RETURNS = 2;

	private final Set<Connection> connections = Collections.newSetFromMap(new WeakHashMap<>());

	private final Deque<Server> earlierServers = new ArrayDeque<>();

	private int returns;

	private volatile boolean severalServers;

	private volatile @Nullable Server server;

	/**
	 * Notes a new connection.
	 * @param connection the driver's connection
	 * @param server the server that it reaches, or {@code null} if unknown
	 */
	public void add(Connection connection, @Nullable Server server) {
		synchronized (this.connections) {
			this.connections.add(connection);
			Server last = this.server;
			if (server != null && (last == null || !server.isSameProcess(last))) {
				changeServer(last, server);
			}
		}
	}

	private void changeServer(@Nullable Server last, Server server) {
		if (this.earlierServers.stream().anyMatch(server::isSameProcess)) {
			this.returns++;
			this.severalServers = this.returns >= RETURNS;
		}
		if (last != null) {
			this.earlierServers.remove(last);
			this.earlierServers.addFirst(last);
			if (this.earlierServers.size() > REMEMBERED_SERVERS) {
				this.earlierServers.removeLast();
			}
		}
		this.server = server;
	}

	void remove(Connection connection) {
		synchronized (this.connections) {
			this.connections.remove(connection);
		}
	}

	/**
	 * The server that the latest connection reaches.
	 * @return the server, or {@code null} if unknown
	 */
	public @Nullable Server server() {
		return this.server;
	}

	/**
	 * Whether connections go to one server and then another and back again, as behind a
	 * load balancer or a pooler with several servers: what is known of one server says
	 * nothing about the other.
	 * @return {@code true} if the URL stands for several servers
	 */
	boolean isSeveralServers() {
		return this.severalServers;
	}

	/**
	 * Ends all connections at once, whatever they are doing.
	 * @return how many there were
	 */
	int abort() {
		List<Connection> connections;
		synchronized (this.connections) {
			connections = new ArrayList<>(this.connections);
			this.connections.clear();
		}
		int aborted = 0;
		for (Connection connection : connections) {
			try {
				if (!connection.isClosed()) {
					connection.abort(Runnable::run);
					aborted++;
				}
			}
			catch (SQLException ex) {
				logger.debug("Connection could not be aborted", ex);
			}
		}
		return aborted;
	}

}
