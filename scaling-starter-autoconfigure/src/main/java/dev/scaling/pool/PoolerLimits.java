package dev.scaling.pool;

/**
 * How many clients a pooler accepts, and how many it has, at one moment.
 *
 * @param maxClients how many clients it accepts, of all applications:
 * {@code max_client_conn} of PgBouncer
 * @param clients how many it has, without those of its console
 * @since 0.1.0
 */
public record PoolerLimits(int maxClients, int clients) {

}
