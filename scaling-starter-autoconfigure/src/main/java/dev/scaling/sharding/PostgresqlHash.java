package dev.scaling.sharding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The hash of PostgreSQL's hash partitioning on a little-endian server, which all common
 * platforms are: R. J. Jenkins' lookup3 ("Hash Functions for Hash Table Lookup", 2006) in
 * its 64-bit form with a seed, as in PostgreSQL's {@code hash_bytes_extended} and
 * {@code hash_bytes_uint32_extended}.
 */
final class PostgresqlHash {

	/**
	 * {@code HASH_PARTITION_SEED}.
	 */
	private static final long PARTITION_SEED = 0x7A5B22367996DCFDL;

	/**
	 * What {@code hash_combine64} makes of the hash of the first, and here only, column
	 * is the sum with this.
	 */
	private static final long COMBINE = 0x49A0F4DD15E5A8E3L;

	private static final int INITIAL = 0x9E3779B9 + 3923095;

	private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private PostgresqlHash() {
	}

	/**
	 * The partition hash of a key, an unsigned number.
	 */
	static long partition(Object key) {
		if (key instanceof CharSequence text) {
			return COMBINE + bytes(text.toString().getBytes(StandardCharsets.UTF_8), PARTITION_SEED);
		}
		if (key instanceof UUID uuid) {
			return COMBINE + bytes(bytes(uuid), PARTITION_SEED);
		}
		if (key instanceof BigInteger integer) {
			if (integer.bitLength() >= Long.SIZE) {
				throw new IllegalArgumentException("PostgreSQL has no integer type that holds it");
			}
			return COMBINE + integer(integer.longValue(), PARTITION_SEED);
		}
		if (ShardKeys.isInteger(key)) {
			return COMBINE + integer(((Number) key).longValue(), PARTITION_SEED);
		}
		throw new IllegalArgumentException(
				"PostgreSQL's hash is known for integers (byte, short, int, long, BigInteger), text and UUIDs only");
	}

	/**
	 * {@code hashint8extended}, which gives what {@code hashint4extended} and
	 * {@code hashint2extended} give where a number fits those types.
	 */
	private static long integer(long value, long seed) {
		int high = (int) (value >> Integer.SIZE);
		int word = (int) value ^ ((value >= 0) ? high : ~high);
		Mix mix = new Mix(INITIAL + Integer.BYTES, seed);
		mix.a += word;
		return mix.end();
	}

	/**
	 * {@code hash_bytes_extended}.
	 */
	static long bytes(byte[] bytes, long seed) {
		Mix mix = new Mix(INITIAL + bytes.length, seed);
		int offset = 0;
		while (bytes.length - offset >= 12) {
			mix.a += (int) INT.get(bytes, offset);
			mix.b += (int) INT.get(bytes, offset + 4);
			mix.c += (int) INT.get(bytes, offset + 8);
			mix.round();
			offset += 12;
		}
		mix.a += word(bytes, offset);
		mix.b += word(bytes, offset + 4);
		// the lowest byte of the third word is that of the length
		mix.c += word(bytes, offset + 8) << Byte.SIZE;
		return mix.end();
	}

	/**
	 * Up to four bytes from an offset, the first one in the lowest place.
	 */
	private static int word(byte[] bytes, int offset) {
		int word = 0;
		for (int i = Math.min(bytes.length, offset + 4) - 1; i >= offset; i--) {
			word = (word << Byte.SIZE) | (bytes[i] & 0xFF);
		}
		return word;
	}

	private static byte[] bytes(UUID uuid) {
		byte[] bytes = new byte[16];
		LONG.set(bytes, 0, uuid.getMostSignificantBits());
		LONG.set(bytes, 8, uuid.getLeastSignificantBits());
		return bytes;
	}

	/**
	 * The state of lookup3, which never leaves a method and so costs no allocation.
	 */
	private static final class Mix {

		private int a;

		private int b;

		private int c;

		Mix(int start, long seed) {
			this.a = start;
			this.b = start;
			this.c = start;
			if (seed != 0) {
				this.a += (int) (seed >>> Integer.SIZE);
				this.b += (int) seed;
				round();
			}
		}

		void round() {
			this.a = (this.a - this.c) ^ Integer.rotateLeft(this.c, 4);
			this.c += this.b;
			this.b = (this.b - this.a) ^ Integer.rotateLeft(this.a, 6);
			this.a += this.c;
			this.c = (this.c - this.b) ^ Integer.rotateLeft(this.b, 8);
			this.b += this.a;
			this.a = (this.a - this.c) ^ Integer.rotateLeft(this.c, 16);
			this.c += this.b;
			this.b = (this.b - this.a) ^ Integer.rotateLeft(this.a, 19);
			this.a += this.c;
			this.c = (this.c - this.b) ^ Integer.rotateLeft(this.b, 4);
			this.b += this.a;
		}

		long end() {
			this.c = (this.c ^ this.b) - Integer.rotateLeft(this.b, 14);
			this.a = (this.a ^ this.c) - Integer.rotateLeft(this.c, 11);
			this.b = (this.b ^ this.a) - Integer.rotateLeft(this.a, 25);
			this.c = (this.c ^ this.b) - Integer.rotateLeft(this.b, 16);
			this.a = (this.a ^ this.c) - Integer.rotateLeft(this.c, 4);
			this.b = (this.b ^ this.a) - Integer.rotateLeft(this.a, 14);
			this.c = (this.c ^ this.b) - Integer.rotateLeft(this.b, 24);
			return ((long) this.b << Integer.SIZE) | (this.c & 0xFFFFFFFFL);
		}

	}

}
