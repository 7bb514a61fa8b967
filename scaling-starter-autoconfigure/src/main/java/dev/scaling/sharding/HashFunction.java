package dev.scaling.sharding;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A function that spreads keys evenly over buckets. All are thread-safe, and give the
 * same answer on all platforms.
 *
 * @since 0.1.0
 */
public enum HashFunction {

	/**
	 * The MD5 digest of the key's text in UTF-8, read as an unsigned number of 128 bits
	 * with the first byte in the highest place, modulo the number of buckets: Python's
	 * {@code int(md5(str(key)).hexdigest(), 16) % n}. The text is decimal for integers,
	 * lower-case for UUIDs, and text itself, so {@code 42} and {@code "42"} are one key,
	 * as are a UUID and its lower-case text.
	 */
	MD5 {

		@Override
		int bucket(Object key, int buckets) {
			byte[] digest = md5().digest(ShardKeys.text(key).getBytes(StandardCharsets.UTF_8));
			long remainder = 0;
			for (byte digit : digest) {
				remainder = (remainder << Byte.SIZE | (digit & 0xFF)) % buckets;
			}
			return (int) remainder;
		}

	},

	/**
	 * The hash of PostgreSQL's own hash partitioning: bucket <i>r</i> of <i>n</i> holds
	 * the keys for which {@code satisfies_hash_partition(table, n, r, key)} is true, in a
	 * table that is partitioned by a column of type {@code smallint}, {@code integer},
	 * {@code bigint}, {@code text} (with a deterministic collation) or {@code uuid}, on a
	 * little-endian server with the encoding UTF-8. The integer types agree with each
	 * other, but {@code 42} and {@code "42"}, or a UUID and its text, are different keys.
	 */
	POSTGRESQL {

		@Override
		int bucket(Object key, int buckets) {
			return (int) Long.remainderUnsigned(PostgresqlHash.partition(key), buckets);
		}

	};

	/**
	 * The bucket of a key.
	 * @param key an integer (byte, short, int, long, BigInteger), text or a UUID
	 * @param buckets how many buckets there are, 1 or more
	 * @return the index of the bucket, from 0
	 * @throws IllegalArgumentException if the key is of another type
	 */
	abstract int bucket(Object key, int buckets);

	private static MessageDigest md5() {
		try {
			return MessageDigest.getInstance("MD5");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("This Java platform has no MD5: use the hash function 'postgresql'", ex);
		}
	}

}
