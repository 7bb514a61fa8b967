package dev.scaling.monitor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.zaxxer.hikari.util.Credentials;
import com.zaxxer.hikari.util.DriverDataSource;
import dev.scaling.pool.Pooler;
import org.jspecify.annotations.Nullable;

/**
 * Connects straight through the driver, with nothing on the session that a pooler would
 * refuse or pass on.
 */
final class DriverConnector implements ProbeConnector {

	/**
	 * Parameters that are the monitor's business. The driver prefers what the URL says.
	 */
	private static final Set<String> OWN_PARAMETERS = Set.of("ApplicationName", "prepareThreshold", "loginTimeout",
			"connectTimeout", "socketTimeout", "sslResponseTimeout", "gssResponseTimeout", "readOnly", "autosave");

	private static final Pattern PARAMETERS = Pattern
		.compile("(?<=[?&])(?:" + String.join("|", OWN_PARAMETERS) + ")=[^&]*(?:&|$)", Pattern.CASE_INSENSITIVE);

	private final String url;

	private final @Nullable String driverClassName;

	private final Properties properties;

	private final Supplier<Credentials> credentials;

	DriverConnector(String url, @Nullable String driverClassName, Properties properties,
			Supplier<Credentials> credentials) {
		this.url = withoutOwnParameters(url);
		this.driverClassName = driverClassName;
		this.properties = new Properties();
		properties.stringPropertyNames().forEach((name) -> {
			if (OWN_PARAMETERS.stream().noneMatch(name::equalsIgnoreCase)) {
				this.properties.setProperty(name, properties.getProperty(name));
			}
		});
		this.credentials = credentials;
	}

	/**
	 * The URLs of drivers that wrap another one may be names of something: they stay as
	 * they are.
	 */
	static String withoutOwnParameters(String url) {
		return url.startsWith("jdbc:postgresql:") ? PARAMETERS.matcher(url).replaceAll("") : url;
	}

	@Override
	public Connection connect(String applicationName, Duration timeout) throws SQLException {
		Properties properties = new Properties();
		properties.putAll(this.properties);
		properties.setProperty("ApplicationName", applicationName);
		properties.setProperty("prepareThreshold", "0");
		// With a login timeout the driver would start a thread for each log-in, and leave
		// it behind.
		properties.setProperty("loginTimeout", "0");
		String seconds = Long.toString(Math.max(1, timeout.plusMillis(999).toSeconds()));
		properties.setProperty("connectTimeout", seconds);
		properties.setProperty("socketTimeout", seconds);
		String milliseconds = Long.toString(Math.max(1, timeout.toMillis()));
		properties.setProperty("sslResponseTimeout", milliseconds);
		properties.setProperty("gssResponseTimeout", milliseconds);
		Credentials credentials = this.credentials.get();
		try {
			return new DriverDataSource(this.url, this.driverClassName, properties, null, null)
				.getConnection(credentials.getUsername(), credentials.getPassword());
		}
		catch (SQLException ex) {
			throw Pooler.explain(ex);
		}
	}

	@Override
	public String toString() {
		return "connector to " + this.url.replaceFirst("\\?.*", "");
	}

}
