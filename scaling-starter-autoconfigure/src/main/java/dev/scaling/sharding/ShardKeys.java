package dev.scaling.sharding;

import java.math.BigInteger;
import java.util.UUID;

/**
 * The canonical text of keys, which strategies that hash are computed from.
 */
final class ShardKeys {

	private ShardKeys() {
	}

	/**
	 * The text of a key: decimal for integers, lower-case for a UUID, text itself.
	 */
	static String text(Object key) {
		if (isInteger(key) || key instanceof UUID || key instanceof CharSequence) {
			return key.toString();
		}
		throw new IllegalArgumentException(
				"only an integer (byte, short, int, long, BigInteger), text or a UUID can be hashed");
	}

	static boolean isInteger(Object key) {
		return key instanceof Long || key instanceof Integer || key instanceof Short || key instanceof Byte
				|| key instanceof BigInteger;
	}

}
