package dev.scaling.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * The primary of {@link ScalingConnectionDetails} as the details of the application's
 * {@code DataSource}.
 */
final class ScalingJdbcConnectionDetails implements JdbcConnectionDetails {

	private final ScalingConnectionDetails.Node primary;

	private final @Nullable String shard;

	ScalingJdbcConnectionDetails(ScalingConnectionDetails.Node primary) {
		this(primary, null);
	}

	/**
	 * Creates details.
	 * @param primary the node
	 * @param shard the shard whose primary it is, in an application that has no cluster
	 * {@code main}
	 */
	ScalingJdbcConnectionDetails(ScalingConnectionDetails.Node primary, @Nullable String shard) {
		this.primary = primary;
		this.shard = shard;
	}

	@Nullable String shard() {
		return this.shard;
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
