package dev.scaling.sample.profiles;

import java.time.Instant;

/**
 * A customer.
 */
record Profile(long id, String username, String email, Instant createdAt) {

}
