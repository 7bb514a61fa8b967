package dev.scaling;

import java.time.Instant;

import org.springframework.util.Assert;

/**
 * Ids that no two shards give, ordered by time. A shard gives them itself, with the
 * function {@code scaling_next_id()} that {@link #sql(int)} creates; use it as the
 * default of a column: <pre class="code">
 * CREATE TABLE users (id bigint PRIMARY KEY DEFAULT scaling_next_id(), ...)
 * </pre>
 * <p>
 * An id is a positive number of 64 bits. From the highest bit: a zero; 41 bits of
 * milliseconds since {@link #EPOCH}, enough until 2093; 10 bits of the shard's number; 12
 * bits of the shard's sequence. The number of the shard is information about where the id
 * was given: nothing is routed by it, and a row may move.
 * <p>
 * The milliseconds and the sequence are one counter, {@code scaling_id_seq}, which
 * follows the clock: an id that would be more than 0.1 s older than the clock takes the
 * time of the clock, any other the next number. So the ids of a shard always grow; more
 * than 4096 in a millisecond borrow from the next one; and with a clock that goes back
 * they count on from where they were, and their time is ahead of the clock until that
 * catches up. Ids of two shards that were given more than 0.1 s apart are in the order of
 * time, as far as the clocks of the shards agree. Numbers that nobody uses, as after a
 * rollback, are lost.
 * <p>
 * Two things are not covered: shards that are given the same number, and a failover that
 * loses transactions to a server whose clock is behind them, which may give their ids
 * again.
 * <p>
 * Clients that read JSON numbers as floating-point numbers, as JavaScript does, lose the
 * last digits of such an id: send it as text.
 *
 * @since 0.1.0
 */
public final class ShardIds {

	/**
	 * The instant from which the milliseconds of an id are counted.
	 */
	public static final Instant EPOCH = Instant.parse("2024-01-01T00:00:00Z");

	/**
	 * The highest number that a shard can have: {@value}.
	 */
	public static final int MAXIMUM_SHARD = 1023;

	private static final int SEQUENCE_BITS = 12;

	private static final int SHARD_BITS = 10;

	/**
	 * How far the counter may stay behind the clock, in milliseconds. It is also what
	 * makes it safe to move the counter while others use it: the lock keeps others from
	 * moving it, and no session gives {@code LAG * 4096} ids between two expressions of
	 * another.
	 */
	private static final int LAG = 100;

	/**
	 * The inner block ends with an error on purpose: the lock is given back with it, not
	 * at the end of the caller's transaction, while a sequence is never rolled back.
	 */
	private static final String SQL = """
			CREATE SEQUENCE IF NOT EXISTS scaling_id_seq AS bigint MAXVALUE %1$d;
			CREATE OR REPLACE FUNCTION scaling_next_id() RETURNS bigint
			LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
			DECLARE
				counter bigint := nextval('scaling_id_seq');
				clock bigint := trunc(extract(epoch FROM clock_timestamp()) * 1000)::bigint - %3$d;
			BEGIN
				IF counter < (clock - %8$d) << %4$d THEN
					BEGIN
						PERFORM pg_advisory_xact_lock(%2$d, 'scaling_id_seq'::regclass::oid::int);
						counter := nextval('scaling_id_seq');
						IF counter < (clock - %8$d) << %4$d THEN
							counter := setval('scaling_id_seq', clock << %4$d);
						END IF;
						RAISE SQLSTATE 'SCID0';
					EXCEPTION WHEN SQLSTATE 'SCID0' THEN
						NULL;
					END;
				END IF;
				RETURN ((counter >> %4$d) << %5$d) | (%6$d::bigint << %4$d) | (counter & %7$d);
			END
			$$;
			COMMENT ON FUNCTION scaling_next_id() IS 'Next id of shard number %6$d';
			""";

	/**
	 * The letters "scal": the first half of the key of the advisory lock.
	 */
	private static final int LOCK = 0x7363616C;

	private ShardIds() {
	}

	/**
	 * The statements that make a shard give ids: run them on the primary of the shard, in
	 * the schema of its tables. They can be run again. Other users than the owner need
	 * the privileges {@code SELECT} and {@code UPDATE} on the sequence
	 * {@code scaling_id_seq}.
	 * @param shard the number of the shard, from 0 to {@value #MAXIMUM_SHARD}: each shard
	 * needs another one, and keeps it
	 * @return the SQL, never {@code null}
	 * @throws IllegalArgumentException if the number is out of range
	 */
	public static String sql(int shard) {
		Assert.isTrue(shard >= 0 && shard <= MAXIMUM_SHARD,
				() -> "The number of a shard is from 0 to " + MAXIMUM_SHARD + ", not " + shard);
		return SQL.formatted((1L << (63 - SHARD_BITS)) - 1, LOCK, EPOCH.toEpochMilli(), SEQUENCE_BITS,
				SEQUENCE_BITS + SHARD_BITS, shard, (1 << SEQUENCE_BITS) - 1, LAG);
	}

	/**
	 * The time of an id.
	 * @param id the id
	 * @return the time in milliseconds: that of the shard's clock when it gave the id, or
	 * up to 0.1 s before; later if the clock had been set back
	 * @throws IllegalArgumentException if the id is negative
	 */
	public static Instant time(long id) {
		return EPOCH.plusMillis(checked(id) >> (SEQUENCE_BITS + SHARD_BITS));
	}

	/**
	 * The shard that gave an id, which may no longer be that of the row.
	 * @param id the id
	 * @return the number of the shard, from 0 to {@value #MAXIMUM_SHARD}
	 * @throws IllegalArgumentException if the id is negative
	 */
	public static int shard(long id) {
		return (int) (checked(id) >> SEQUENCE_BITS) & MAXIMUM_SHARD;
	}

	/**
	 * The number of an id among those of its shard and millisecond.
	 * @param id the id
	 * @return the number, from 0 to 4095
	 * @throws IllegalArgumentException if the id is negative
	 */
	public static int sequence(long id) {
		return (int) checked(id) & ((1 << SEQUENCE_BITS) - 1);
	}

	private static long checked(long id) {
		Assert.isTrue(id >= 0, () -> "No shard gives the negative id " + id);
		return id;
	}

}
