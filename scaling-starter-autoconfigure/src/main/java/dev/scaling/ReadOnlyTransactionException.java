package dev.scaling;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * A statement that writes was executed in a read-only transaction. The message names the
 * method that started the transaction. Nothing has been written.
 *
 * @since 0.1.0
 */
public class ReadOnlyTransactionException extends SQLException {

	/**
	 * SQLSTATE of a write in a read-only transaction.
	 */
	public static final String SQL_STATE = "25006";

	/**
	 * Creates an exception.
	 * @param message who, what and the cure
	 * @param cause the server's refusal, or {@code null} if it was not asked
	 */
	public ReadOnlyTransactionException(String message, @Nullable Throwable cause) {
		super(message, SQL_STATE, cause);
	}

}
