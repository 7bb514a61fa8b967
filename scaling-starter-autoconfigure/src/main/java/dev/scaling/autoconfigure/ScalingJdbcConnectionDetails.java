package dev.scaling.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * The primary of {@link ScalingConnectionDetails} as the details of the application's
 * {@code DataSource}.
 */
final class ScalingJdbcConnectionDetails implements JdbcConnectionDetails {

	private final ScalingConnectionDetails.Node primary;

	ScalingJdbcConnectionDetails(ScalingConnectionDetails.Node primary) {
		this.primary = primary;
	}

	@Override
	public String getJdbcUrl() {
		return this.primary.getJdbcUrl();
	}

	@Override
	public @Nullable String getUsername() {
		return this.primary.getUsername();
	}

	@Override
	public @Nullable String getPassword() {
		return this.primary.getPassword();
	}

}
