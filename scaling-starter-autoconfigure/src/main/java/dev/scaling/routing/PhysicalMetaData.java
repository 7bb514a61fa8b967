package dev.scaling.routing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Answers of the driver's metadata that do not change while the application runs, such as
 * the product's name, by method. Thread-safe.
 */
final class PhysicalMetaData {

	private final Map<Method, Object> answers = new ConcurrentHashMap<>();

	@Nullable Object known(Method method) {
		return this.answers.get(method);
	}

	@Nullable Object ask(DatabaseMetaData metaData, Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
		Object answer = invoke(metaData, method, arguments);
		if (answer != null && method.getParameterCount() == 0
				&& (method.getReturnType().isPrimitive() || answer instanceof String)) {
			this.answers.put(method, answer);
		}
		return answer;
	}

	static @Nullable Object invoke(DatabaseMetaData metaData, Method method, @Nullable Object @Nullable [] arguments)
			throws SQLException {
		try {
			return method.invoke(metaData, arguments);
		}
		catch (InvocationTargetException ex) {
			if (ex.getCause() instanceof SQLException sqlException) {
				throw sqlException;
			}
			throw new SQLException("Metadata " + method.getName() + " failed", ex.getCause());
		}
		catch (IllegalAccessException ex) {
			throw new SQLException("Metadata " + method.getName() + " cannot be reached", ex);
		}
	}

}
