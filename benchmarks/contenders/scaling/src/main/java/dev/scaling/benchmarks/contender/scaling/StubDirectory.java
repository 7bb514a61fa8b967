package dev.scaling.benchmarks.contender.scaling;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A directory that answers at once: a key belongs to the shard at its remainder.
 */
final class StubDirectory {

	private StubDirectory() {
	}

	static String shardOf(long key, List<String> shards) {
		return shards.get(Math.floorMod(key, shards.size()));
	}

	static DataSource dataSource(List<String> shards) {
		Connection connection = proxy(Connection.class,
				(proxy, method, args) -> method.getName().equals("prepareStatement") ? statement(shards) : null);
		return new AbstractDataSource() {

			@Override
			public Connection getConnection() {
				return connection;
			}

			@Override
			public Connection getConnection(String username, String password) {
				return connection;
			}

		};
	}

	/**
	 * The key is the last parameter.
	 */
	private static PreparedStatement statement(List<String> shards) {
		Object[] key = new Object[1];
		return proxy(PreparedStatement.class, (proxy, method, args) -> {
			if (method.getName().equals("setString")) {
				key[0] = args[1];
			}
			return method.getName().equals("executeQuery") ? entry(shardOf(Long.parseLong(key[0].toString()), shards))
					: null;
		});
	}

	private static ResultSet entry(String shard) {
		return proxy(ResultSet.class, (proxy, method, args) -> switch (method.getName()) {
			case "next" -> true;
			// as a driver does: not the instance that the strategy has
			case "getString" -> new String(shard.toCharArray());
			case "getLong" -> 1L;
			default -> null;
		});
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type
			.cast(Proxy.newProxyInstance(StubDirectory.class.getClassLoader(), new Class<?>[] { type }, handler));
	}

}
