package dev.scaling.sharding;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The type of keys that have an order, which is that of PostgreSQL. A key has to be what
 * its column stores: one that the column rounds or pads may be on the other side of a
 * bound when it is read back.
 *
 * @since 0.1.0
 */
public enum ShardKeyType {

	/**
	 * Integers (byte, short, int, long, {@link BigInteger}) and {@link BigDecimal}.
	 * {@code float} and {@code double} are refused, as they are not exact.
	 */
	NUMBER("a number", "1000", "an integer or a BigDecimal") {

		@Override
		@Nullable Object value(Object key) {
			if (key instanceof BigDecimal) {
				return key;
			}
			if (key instanceof BigInteger integer) {
				return new BigDecimal(integer);
			}
			return ShardKeys.isInteger(key) ? BigDecimal.valueOf(((Number) key).longValue()) : null;
		}

		@Override
		Object parse(String text) {
			return new BigDecimal(text);
		}

		@Override
		int compare(Object first, Object second) {
			return ((BigDecimal) first).compareTo((BigDecimal) second);
		}

	},

	/**
	 * Text, ordered by code points: as PostgreSQL does with {@code COLLATE "C"} in a
	 * database of UTF-8, and with other collations does not.
	 */
	TEXT("text", "m", "text (a CharSequence)") {

		@Override
		@Nullable Object value(Object key) {
			return (key instanceof CharSequence) ? key.toString() : null;
		}

		@Override
		Object parse(String text) {
			return text;
		}

		@Override
		int compare(Object first, Object second) {
			return compareCodePoints((String) first, (String) second);
		}

	},

	/**
	 * Dates: {@link LocalDate}.
	 */
	DATE("a date", "2025-01-31", "a LocalDate") {

		@Override
		@Nullable Object value(Object key) {
			return (key instanceof LocalDate) ? key : null;
		}

		@Override
		Object parse(String text) {
			return LocalDate.parse(text);
		}

		@Override
		int compare(Object first, Object second) {
			return ((LocalDate) first).compareTo((LocalDate) second);
		}

	},

	/**
	 * Instants: {@link Instant}, {@link OffsetDateTime} and {@link ZonedDateTime},
	 * rounded to microseconds as the PostgreSQL driver does. Times without a zone are
	 * refused.
	 */
	TIMESTAMP("a timestamp with an offset", "2025-01-31T00:00:00Z",
			"an Instant, an OffsetDateTime or a ZonedDateTime") {

		@Override
		@Nullable Object value(Object key) {
			if (key instanceof Instant instant) {
				return microseconds(instant);
			}
			if (key instanceof OffsetDateTime dateTime) {
				return microseconds(dateTime.toInstant());
			}
			return (key instanceof ZonedDateTime dateTime) ? microseconds(dateTime.toInstant()) : null;
		}

		@Override
		Object parse(String text) {
			Instant instant = OffsetDateTime.parse(text).toInstant();
			if (!microseconds(instant).equals(instant)) {
				throw new IllegalArgumentException("PostgreSQL has microseconds");
			}
			return instant;
		}

		@Override
		int compare(Object first, Object second) {
			return ((Instant) first).compareTo((Instant) second);
		}

	},

	/**
	 * {@link UUID}s, ordered by their bytes as PostgreSQL does, unlike
	 * {@link UUID#compareTo(UUID)}, which takes the halves as signed numbers.
	 */
	UUID("a UUID", "80000000-0000-0000-0000-000000000000", "a UUID") {

		@Override
		@Nullable Object value(Object key) {
			return (key instanceof UUID) ? key : null;
		}

		@Override
		Object parse(String text) {
			UUID uuid = java.util.UUID.fromString(text);
			if (!uuid.toString().equalsIgnoreCase(text)) {
				throw new IllegalArgumentException("Digits are missing");
			}
			return uuid;
		}

		@Override
		int compare(Object first, Object second) {
			UUID left = (UUID) first;
			UUID right = (UUID) second;
			int high = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
			return (high != 0) ? high
					: Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits());
		}

	};

	private final String noun;

	private final String example;

	private final String accepted;

	ShardKeyType(String noun, String example, String accepted) {
		this.noun = noun;
		this.example = example;
		this.accepted = accepted;
	}

	/**
	 * The comparable value of a key.
	 * @param key the key
	 * @return the value
	 * @throws IllegalArgumentException if the key is of another type
	 */
	final Object valueOf(Object key) {
		Object value = value(key);
		if (value == null) {
			throw new IllegalArgumentException(
					"the keys are of type '" + name().toLowerCase(Locale.ROOT) + "': pass " + this.accepted);
		}
		return value;
	}

	/**
	 * The comparable value of a bound.
	 * @param text the text of the configuration
	 * @return the value
	 * @throws IllegalArgumentException if the text is not of this type
	 */
	final Object bound(String text) {
		try {
			return parse(text);
		}
		catch (DateTimeParseException | IllegalArgumentException ex) {
			throw new IllegalArgumentException("'" + text + "' is not " + this.noun + " such as " + this.example, ex);
		}
	}

	abstract @Nullable Object value(Object key);

	abstract Object parse(String text);

	abstract int compare(Object first, Object second);

	private static Instant microseconds(Instant instant) {
		int excess = instant.getNano() % 1000;
		if (excess < 500 || instant.getEpochSecond() == Instant.MAX.getEpochSecond()) {
			return (excess == 0) ? instant : instant.minusNanos(excess);
		}
		return instant.plusNanos(1000 - excess);
	}

	/**
	 * Surrogates stand for the code points above all others, although their numbers are
	 * below some.
	 */
	private static int compareCodePoints(String first, String second) {
		int length = Math.min(first.length(), second.length());
		for (int i = 0; i < length; i++) {
			char left = first.charAt(i);
			char right = second.charAt(i);
			if (left != right) {
				int surrogates = Boolean.compare(Character.isSurrogate(left), Character.isSurrogate(right));
				return (surrogates != 0) ? surrogates : left - right;
			}
		}
		return first.length() - second.length();
	}

}
