package dev.scaling.sample.tenants;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/**
 * An order of a tenant.
 */
record Order(UUID id, String tenant, BigDecimal total, Instant createdAt) {

}
