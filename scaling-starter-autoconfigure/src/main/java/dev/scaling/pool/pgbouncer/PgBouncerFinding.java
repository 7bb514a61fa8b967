package dev.scaling.pool.pgbouncer;

/**
 * What is wrong with a PgBouncer, or will be.
 *
 * @param id what kind of finding it is, such as {@code clients-waiting}
 * @param summary what was found, with the numbers
 * @param action what to do
 * @since 0.1.0
 */
public record PgBouncerFinding(String id, String summary, String action) {

}
