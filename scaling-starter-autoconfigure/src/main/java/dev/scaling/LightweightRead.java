package dev.scaling;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that the read-only transaction of a method needs no transaction on the server: on
 * a replica, its statements are sent in auto-commit mode, which saves the round trip of
 * the commit.
 * <p>
 * A read-only transaction that is read committed gives each statement a snapshot of its
 * own anyway, and a replica cannot write. The method stays on one node, keeps one
 * physical connection to its end, and its session's guarantees hold. On the primary, and
 * for whatever shows that it needs a transaction (another isolation level, a fetch size,
 * a savepoint, a large object, a {@link java.sql.CallableStatement}, an unwrapped
 * connection, {@code SET LOCAL} or {@code set_config}, {@code scaling.timeouts} of
 * replicas, a pooler), the transaction is a real one, from that point on.
 * <p>
 * What cannot be seen is different: {@code now()} tells the time of the statement, a
 * statement that fails does not fail the next ones, a cursor that a function returns is
 * closed before it can be read, and a setting or lock that ends with the transaction, set
 * within a function or a view, ends with its statement.
 * <p>
 * Works for a method that begins its transaction itself; a method that joins a
 * transaction runs as that does. It has no effect on read-write transactions.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface LightweightRead {

}
