package dev.scaling.health;

import java.util.List;

import dev.scaling.pool.pgbouncer.PgBouncerFinding;
import dev.scaling.pool.pgbouncer.PgBouncerMonitor;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of PgBouncer: unknown while its console does not answer, and never down, because
 * the application may work all the same; the nodes behind it have a health of their own.
 *
 * @since 0.1.0
 */
public final class PgBouncerHealthIndicator extends AbstractHealthIndicator {

	private final PgBouncerMonitor monitor;

	/**
	 * Creates an indicator.
	 * @param monitor asks PgBouncer
	 */
	public PgBouncerHealthIndicator(PgBouncerMonitor monitor) {
		super("PgBouncer health check failed");
		this.monitor = monitor;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		this.monitor.status()
			.ifPresentOrElse((status) -> builder.up()
				.withDetail("version", status.version())
				.withDetail("waitingClients", status.waiting()), builder::unknown);
		List<PgBouncerFinding> findings = this.monitor.findings();
		builder.withDetail("degraded", !findings.isEmpty());
		if (!findings.isEmpty()) {
			builder.withDetail("findings", findings.stream().map(PgBouncerFinding::summary).toList());
		}
	}

}
