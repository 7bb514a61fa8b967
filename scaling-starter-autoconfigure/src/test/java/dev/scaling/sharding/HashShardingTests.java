package dev.scaling.sharding;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HashSharding}. That the function {@code postgresql} is PostgreSQL's is
 * tested on a server, in the module {@code scaling-starter}.
 */
class HashShardingTests {

	private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

	/**
	 * {@code md5_vectors.py}, beside the file, writes it.
	 */
	@Example
	void md5IsWhatPythonComputes() throws IOException {
		int vectors = 0;
		try (InputStream stream = getClass().getResourceAsStream("md5-vectors.tsv")) {
			assertThat(stream).isNotNull();
			BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				String[] fields = line.split("\t");
				HashSharding strategy = new HashSharding(HashFunction.MD5, names(Integer.parseInt(fields[2])));
				assertThat(strategy.shardOf(key(fields[0], fields[1]))).as(line).isEqualTo("shard-" + fields[3]);
				vectors++;
			}
		}
		assertThat(vectors).isEqualTo(10_000);
	}

	@Property
	void md5IsTheDigestAsAnUnsignedNumberModuloTheShards(@ForAll("keys") Object key,
			@ForAll @IntRange(min = 1) int buckets) throws Exception {
		byte[] digest = MessageDigest.getInstance("MD5").digest(key.toString().getBytes(StandardCharsets.UTF_8));
		assertThat(HashFunction.MD5.bucket(key, buckets))
			.isEqualTo(new BigInteger(1, digest).mod(BigInteger.valueOf(buckets)).intValueExact());
	}

	@Property
	void anyKeyHasAShard(@ForAll HashFunction function, @ForAll("keys") Object key,
			@ForAll @IntRange(min = 1, max = 200) int size) {
		List<String> shards = names(size);
		assertThat(shards).contains(new HashSharding(function, shards).shardOf(key));
	}

	@Property
	void integersOfAllTypesAreOneKey(@ForAll HashFunction function, @ForAll byte number) {
		HashSharding strategy = new HashSharding(function, names(128));
		assertThat(List.of((short) number, (int) number, (long) number, BigInteger.valueOf(number)))
			.allSatisfy((key) -> assertThat(strategy.shardOf(key)).isEqualTo(strategy.shardOf(number)));
	}

	@Property
	void longsInTheRangeOfIntAreOneKeyWithThem(@ForAll HashFunction function, @ForAll int number) {
		HashSharding strategy = new HashSharding(function, names(128));
		assertThat(strategy.shardOf((long) number)).isEqualTo(strategy.shardOf(number));
	}

	@Property
	void md5TakesTheTextOfAKeyForTheKey(@ForAll long number, @ForAll("uuids") UUID uuid) {
		HashSharding strategy = new HashSharding(HashFunction.MD5, names(128));
		assertThat(strategy.shardOf(Long.toString(number))).isEqualTo(strategy.shardOf(number));
		assertThat(strategy.shardOf(uuid.toString())).isEqualTo(strategy.shardOf(uuid));
		assertThat(strategy.shardOf(new StringBuilder("a").append(number))).isEqualTo(strategy.shardOf("a" + number));
	}

	@Property(tries = 4)
	void keysAreSpreadEvenly(@ForAll HashFunction function) {
		HashSharding strategy = new HashSharding(function, names(8));
		int[] keys = new int[8];
		for (int key = 0; key < 80_000; key++) {
			keys[Integer.parseInt(strategy.shardOf(key).substring("shard-".length()))]++;
		}
		assertThat(IntStream.of(keys).boxed()).allSatisfy((count) -> assertThat(count).isBetween(9500, 10_500));
	}

	@Property
	void otherTypesAreRefused(@ForAll HashFunction function) {
		HashSharding strategy = new HashSharding(function, names(2));
		for (Object key : new Object[] { 1.0, 1f, BigDecimal.ONE, 'a', true, LocalDate.EPOCH, new byte[16],
				List.of(1) }) {
			assertThatIllegalArgumentException().isThrownBy(() -> strategy.shardOf(key))
				.withMessageContaining("(byte, short, int, long, BigInteger), text")
				.withMessageContaining("UUID");
		}
	}

	@Example
	void postgresqlRefusesIntegersThatItCannotHold() {
		HashSharding strategy = new HashSharding(HashFunction.POSTGRESQL, names(2));
		BigInteger tooLarge = BigInteger.ONE.shiftLeft(63);
		assertThatIllegalArgumentException().isThrownBy(() -> strategy.shardOf(tooLarge))
			.withMessage("PostgreSQL has no integer type that holds it");
		assertThat(strategy.shardOf(tooLarge.negate())).isEqualTo(strategy.shardOf(Long.MIN_VALUE));
	}

	@Example
	void thereMustBeAShard() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HashSharding(HashFunction.MD5, List.of()))
			.withMessage("'shards' must name at least one shard");
	}

	@Provide
	Arbitrary<Object> keys() {
		return Arbitraries.oneOf(Arbitraries.integers().asGeneric(), Arbitraries.longs().asGeneric(),
				Arbitraries.bigIntegers()
					.between(BigInteger.valueOf(Long.MIN_VALUE), BigInteger.valueOf(Long.MAX_VALUE))
					.asGeneric(),
				Arbitraries.strings().asGeneric(), uuids().asGeneric());
	}

	@Provide
	Arbitrary<UUID> uuids() {
		return Arbitraries.create(UUID::randomUUID);
	}

	private static List<String> names(int size) {
		return IntStream.range(0, size).mapToObj((i) -> "shard-" + i).toList();
	}

	private static Object key(String type, String text) {
		return switch (type) {
			case "int" -> Integer.valueOf(text);
			case "long" -> Long.valueOf(text);
			case "uuid" -> UUID.fromString(text.toUpperCase(Locale.ROOT));
			default -> ESCAPE.matcher(text).replaceAll(HashShardingTests::character);
		};
	}

	private static String character(MatchResult escape) {
		return Character.toString((char) Integer.parseInt(escape.group(1), 16));
	}

}
