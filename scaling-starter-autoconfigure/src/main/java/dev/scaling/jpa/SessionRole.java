package dev.scaling.jpa;

import java.sql.Connection;
import java.sql.SQLException;

import dev.scaling.routing.RoutedConnection;
import dev.scaling.topology.NodeRole;
import org.hibernate.HibernateException;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Tells in which role the node serves that a session reads from.
 */
final class SessionRole {

	private SessionRole() {
	}

	static @Nullable NodeRole of(SharedSessionContractImplementor session) {
		LogicalConnectionImplementor logicalConnection = session.getJdbcCoordinator().getLogicalConnection();
		if (!logicalConnection.isPhysicallyConnected()) {
			return null;
		}
		try {
			Connection connection = logicalConnection.getPhysicalConnection();
			return connection.isWrapperFor(RoutedConnection.class)
					? connection.unwrap(RoutedConnection.class).currentRole() : null;
		}
		catch (SQLException ex) {
			throw new HibernateException("The role of the connection cannot be told", ex);
		}
	}

}
