package dev.scaling.autoconfigure;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.LongConsumer;

import dev.scaling.routing.StatementListener;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Several listeners as one.
 */
record StatementListeners(List<StatementListener> listeners) implements StatementListener {

	/**
	 * The given listeners as one, or {@code null} if there are none.
	 */
	static @Nullable StatementListener of(List<StatementListener> listeners) {
		return switch (listeners.size()) {
			case 0 -> null;
			case 1 -> listeners.get(0);
			default -> new StatementListeners(listeners);
		};
	}

	@Override
	public @Nullable LongConsumer executed(Node node, String sql, long nanoseconds, Statement statement) {
		LongConsumer rows = null;
		for (int i = 0; i < this.listeners.size(); i++) {
			LongConsumer consumer = this.listeners.get(i).executed(node, sql, nanoseconds, statement);
			if (consumer != null) {
				rows = (rows != null) ? rows.andThen(consumer) : consumer;
			}
		}
		return rows;
	}

	@Override
	public void failed(Node node, String sql, long nanoseconds, Statement statement, SQLException failure) {
		this.listeners.forEach((listener) -> listener.failed(node, sql, nanoseconds, statement, failure));
	}

}
