package dev.scaling.monitor;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.regex.Pattern;

import dev.scaling.routing.ProbeFailure;
import dev.scaling.routing.ProbeFailure.Kind;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;

/**
 * Tells from an exception how a probe has failed.
 */
final class ProbeFailures {

	private static final Pattern SECRETS = Pattern
		.compile("(?i)(password=)[^&\\s]*|(?<=://)[^/@\\s]*(?=@)|(?<=jdbc:postgresql:[^?\\s]{0,1000}\\?)\\S*");

	private ProbeFailures() {
	}

	static ProbeFailure of(Exception ex) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		String message = message(ex);
		if (cause != ex && !message.contains(message(cause))) {
			message += " (" + message(cause) + ")";
		}
		String state = (ex instanceof SQLException sqlException) ? sqlException.getSQLState() : null;
		return new ProbeFailure(withoutSecrets(message), kind(state, cause));
	}

	private static Kind kind(@Nullable String state, Throwable cause) {
		if (cause instanceof SocketTimeoutException || "57014".equals(state)) {
			return Kind.TIMEOUT;
		}
		return isAnswer(state) ? Kind.REFUSED : Kind.DOWN;
	}

	/**
	 * Whether a working server has said no. The states of class 08 come from the driver
	 * or a pooler, but for 08004: a log-in that cannot be done. A server that starts or
	 * stops says 57P01 to 57P03; 99999 is the driver's for what it did not expect.
	 */
	private static boolean isAnswer(@Nullable String state) {
		if (state == null) {
			return false;
		}
		return switch (state) {
			case "57P01", "57P02", "57P03", "99999" -> false;
			case "08004" -> true;
			default -> !state.startsWith("08");
		};
	}

	/**
	 * What an administrator can do about a server that refuses the monitor.
	 */
	static String cure(@Nullable String state) {
		if (state == null) {
			return "see the server's log";
		}
		if (state.equals("3D000")) {
			return "correct the database in the node's URL, or create it";
		}
		if (state.startsWith("28") || state.equals("08004")) {
			return "correct 'scaling.monitor.username' and 'scaling.monitor.password', which default to the node's, or"
					+ " let that user in by pg_hba.conf and GRANT CONNECT";
		}
		if (state.startsWith("53")) {
			return "raise 'max_connections', make the pools smaller, or grant pg_use_reserved_connections to the"
					+ " monitor's user and set 'reserved_connections'";
		}
		if (state.equals("42501")) {
			return "grant pg_monitor to the monitor's user";
		}
		return "see the server's log";
	}

	private static String message(Throwable ex) {
		return (ex.getMessage() != null) ? ex.getMessage() : ex.toString();
	}

	static String withoutSecrets(String text) {
		return SECRETS.matcher(text).replaceAll("$1***");
	}

}
