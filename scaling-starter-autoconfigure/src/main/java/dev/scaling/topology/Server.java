package dev.scaling.topology;

import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Identity of a running PostgreSQL server: what one URL reaches may change.
 *
 * @param systemIdentifier the identifier of the database cluster, which all its replicas
 * share; 0 if unknown
 * @param address the address that the server sees itself under, or {@code null} for a
 * local socket
 * @param port the port that the server sees itself under, or 0 for a local socket
 * @param startedAt when its postmaster was started
 * @since 0.1.0
 */
public record Server(long systemIdentifier, @Nullable String address, int port, Instant startedAt) {

	/**
	 * Whether both are the same running server, which has not been restarted in between.
	 * @param other the other one
	 * @return {@code true} if address, port and start are the same
	 */
	public boolean isSameProcess(Server other) {
		return this.port == other.port && this.startedAt.equals(other.startedAt)
				&& Objects.equals(this.address, other.address);
	}

	@Override
	public String toString() {
		return ((this.address != null) ? this.address + ":" + this.port : "local socket") + ", started "
				+ this.startedAt;
	}

}
