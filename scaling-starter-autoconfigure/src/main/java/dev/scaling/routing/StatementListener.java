package dev.scaling.routing;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.LongConsumer;

import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Is told of each execution of a statement, on the thread that runs the work. Without a
 * listener nothing is measured.
 *
 * @since 0.1.0
 */
public interface StatementListener {

	/**
	 * A statement, or a batch, has been executed. Must not block or throw.
	 * @param node the node that has executed it
	 * @param sql the SQL as the application has given it; that of a batch of several
	 * statements is the last one's
	 * @param nanoseconds the time until the driver had the answer, without that for rows
	 * that are fetched later
	 * @param statement the driver's statement, whose text tells the parameters
	 * @return is told the number of rows as soon as it is known: those that were changed,
	 * or those that were read when the result is closed, or -1 if nobody knows;
	 * {@code null} if it does not matter
	 */
	@Nullable LongConsumer executed(Node node, String sql, long nanoseconds, Statement statement);

	/**
	 * The execution of a statement has failed. Must not block or throw.
	 * @param node the node that should have executed it
	 * @param sql the SQL as the application has given it; that of a batch of several
	 * statements is the last one's
	 * @param nanoseconds the time until it failed
	 * @param statement the driver's statement, whose text tells the parameters
	 * @param failure what the driver has thrown
	 */
	void failed(Node node, String sql, long nanoseconds, Statement statement, SQLException failure);

}
