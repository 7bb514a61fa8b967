package dev.scaling;

import java.sql.SQLNonTransientConnectionException;

import org.jspecify.annotations.Nullable;

/**
 * The connection was lost while a transaction was being committed: it may have been
 * committed or not. Repeating it may do its work twice.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class TransactionOutcomeUnknownException extends SQLNonTransientConnectionException {

	/**
	 * SQLSTATE of the exception: transaction resolution unknown.
	 */
	public static final String SQL_STATE = "08007";

	/**
	 * Creates an exception.
	 * @param message which connection was lost, and what to do
	 * @param cause what the driver says
	 */
	public TransactionOutcomeUnknownException(String message, @Nullable Throwable cause) {
		super(message, SQL_STATE, cause);
	}

}
