package dev.scaling.routing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * Metadata of a logical connection: answers without taking a physical connection whatever
 * is known already, and asks any node for what does not depend on the node. Only the
 * catalogue's result sets come from the connection of the current work.
 */
final class MetaDataInvocationHandler implements InvocationHandler {

	private final RoutingDataSource dataSource;

	private final LogicalConnection connection;

	private final PhysicalMetaData physicalMetaData;

	MetaDataInvocationHandler(RoutingDataSource dataSource, LogicalConnection connection,
			PhysicalMetaData physicalMetaData) {
		this.dataSource = dataSource;
		this.connection = connection;
		this.physicalMetaData = physicalMetaData;
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		return switch (method.getName()) {
			case "equals" -> arguments != null && proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			case "toString" -> "Metadata of " + this.connection;
			case "getConnection" -> this.connection;
			case "isWrapperFor" -> isInstance(proxy, arguments) || isDriverInstance(method, arguments);
			case "unwrap" -> isInstance(proxy, arguments) ? proxy : onSession(method, arguments);
			case "isReadOnly" -> this.connection.isReadOnly();
			case "getURL" -> url(method, arguments);
			default ->
				(method.getReturnType() == ResultSet.class) ? resultSet(method, arguments) : answer(method, arguments);
		};
	}

	private static boolean isInstance(Object proxy, @Nullable Object @Nullable [] arguments) {
		return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
	}

	@SuppressWarnings("NullAway") // Lambda isn't detected with the correct nullability
	private boolean isDriverInstance(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
		return Boolean.TRUE.equals(this.dataSource.<@Nullable Object>withPhysicalConnection(this.connection.physical(),
				(physical) -> PhysicalMetaData.invoke(physical.getMetaData(), method, arguments)));
	}

	private @Nullable Object onSession(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
		Connection session = this.connection.session();
		this.connection.pin(Pin.UNWRAPPED);
		return PhysicalMetaData.invoke(session.getMetaData(), method, arguments);
	}

	private @Nullable Object url(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
		Connection physical = this.connection.physical();
		if (physical != null) {
			return physical.getMetaData().getURL();
		}
		String url = this.dataSource.primaryUrl();
		return (url != null) ? url : answer(method, arguments);
	}

	@SuppressWarnings("NullAway") // Lambda isn't detected with the correct nullability
	private @Nullable Object answer(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
		Object known = this.physicalMetaData.known(method);
		return (known != null) ? known
				: this.dataSource.<@Nullable Object>withPhysicalConnection(this.connection.physical(),
						(physical) -> this.physicalMetaData.ask(physical.getMetaData(), method, arguments));
	}

	/**
	 * The driver makes a statement of its own for the result set, which counts as open
	 * until the result set is closed.
	 */
	private ResultSet resultSet(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
		DatabaseMetaData metaData = this.connection.session().getMetaData();
		ResultSet resultSet = (ResultSet) PhysicalMetaData.invoke(metaData, method, arguments);
		if (resultSet == null) {
			throw new SQLException("Metadata " + method.getName() + " returned no result set");
		}
		Statement statement = resultSet.getStatement();
		if (statement == null) {
			return resultSet;
		}
		statement.closeOnCompletion();
		return this.connection.open(new LogicalStatement<>(this.connection, statement, "")).resultSet(resultSet);
	}

}
