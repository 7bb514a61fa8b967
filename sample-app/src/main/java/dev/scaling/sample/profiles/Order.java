package dev.scaling.sample.profiles;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * An order of a customer.
 */
record Order(long id, BigDecimal total, Instant createdAt) {

}
