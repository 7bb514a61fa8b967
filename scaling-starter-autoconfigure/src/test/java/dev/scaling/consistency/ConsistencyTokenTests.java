package dev.scaling.consistency;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link ConsistencyToken}.
 */
class ConsistencyTokenTests {

	private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9._~:*?-]*");

	@Property
	void textIsReadAsItWasWritten(@ForAll("tokens") ConsistencyToken token) {
		String text = token.toString();
		ConsistencyToken read = ConsistencyToken.parse(text);
		assertThat(read).isEqualTo(token).hasSameHashCodeAs(token).hasToString(text);
		assertThat(read.isExact()).isEqualTo(token.isExact());
	}

	@Property
	void textMayStandInCookiesAndHeaders(@ForAll("tokens") ConsistencyToken token) {
		assertThat(token.toString()).matches(TEXT).hasSizeLessThanOrEqualTo(ConsistencyToken.MAXIMUM_LENGTH);
	}

	@Property
	void anyTextIsAToken(@ForAll String text) {
		ConsistencyToken token = ConsistencyToken.parse(text);
		assertThat(token.isEmpty()).isEqualTo(text.isBlank());
		assertThat(ConsistencyToken.parse(token.toString())).isEqualTo(token);
	}

	@Property
	void textThatLooksLikeATokenIsAToken(@ForAll("almostTokens") String text) {
		ConsistencyToken token = ConsistencyToken.parse(text);
		assertThat(token.isEmpty()).isFalse();
		assertThat(ConsistencyToken.parse(token.toString())).isEqualTo(token);
	}

	@Property
	void damagedTokenNamesItsClusterOrAll(@ForAll("tokens") ConsistencyToken token, @ForAll int index,
			@ForAll char character) {
		StringBuilder text = new StringBuilder(token.toString());
		text.setCharAt(Math.floorMod(index, text.length()), character);
		assertThat(ConsistencyToken.parse(text.toString()).isEmpty()).isFalse();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "\t" })
	void nothingIsAnEmptyToken(String text) {
		ConsistencyToken token = ConsistencyToken.parse(text);
		assertThat(token).isSameAs(ConsistencyToken.EMPTY);
		assertThat(token.isEmpty()).isTrue();
		assertThat(token.toString()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "?", "2~lx3k~main:1:10", "1~lx3k", "1~lx3k~", "1~~main:1:10", "1~-1~main:1:10",
			"1~zzzzzzzzzzzzzzzzzzzz~main:1:10", "1~lx3k~main", "1~lx3k~main:0:10", "1~lx3k~main:1:-1",
			"1~lx3k~main:100000000:10", "1~lx3k~main:1:8000000000000000", "1~lx3k~ma in:1:10", "1~lx3k~*:1:10",
			"1~lx3k~*:a:?", "1~lx3k~main:a:1:10:3", "1~lx3k~main:0:?", "1~lx3k~main:zzzzzzz:1:10" })
	void whatIsNoTokenSaysThatTheSessionHasWritten(String text) {
		ConsistencyToken token = ConsistencyToken.parse(text);
		assertThat(token.positions()).containsExactly(ConsistencyToken.Position.all());
		assertThat(token.isExact()).isFalse();
		assertThat(token.issued()).isCloseTo(Instant.now(), within(10, ChronoUnit.SECONDS));
	}

	@Test
	void hugeTextIsNotRead() {
		assertThat(ConsistencyToken.parse("1~lx3k" + "~main:1:10".repeat(100_000)).positions())
			.containsExactly(ConsistencyToken.Position.all());
	}

	@Test
	void tokenOfMoreClustersThanFitIsUnknown() {
		List<ConsistencyToken.Position> positions = IntStream.range(0, 200)
			.mapToObj((i) -> new ConsistencyToken.Position("shard-" + i, 0, 1, 1_000_000_000))
			.toList();
		ConsistencyToken token = ConsistencyToken.of(Instant.now(), positions);
		assertThat(token.positions()).containsExactly(ConsistencyToken.Position.all());
		assertThat(ConsistencyToken.of(Instant.now(), positions.subList(0, 50)).positions()).hasSize(50);
	}

	@Test
	void clusterThatIsNamedTwiceHasTheLaterPosition() {
		assertThat(ConsistencyToken.parse("1~lx3k~main:1:20~main:2:10").positions())
			.containsExactly(new ConsistencyToken.Position("main", 0, 2, 0x20));
		assertThat(ConsistencyToken.parse("1~lx3k~main:1:20~main:?").positions())
			.containsExactly(ConsistencyToken.Position.unknown("main"));
	}

	@Test
	void clustersOfOneNameInTwoSystemsAreTwo() {
		assertThat(ConsistencyToken.parse("1~lx3k~main:a:1:20~main:b:1:10~main:b:?").positions()).containsExactly(
				new ConsistencyToken.Position("main", 10, 1, 0x20), new ConsistencyToken.Position("main", 11, 0, -1));
	}

	@Provide
	Arbitrary<ConsistencyToken> tokens() {
		return Combinators
			.combine(Arbitraries.longs().between(0, 4_102_444_800_000L), positions().list().ofMinSize(1).ofMaxSize(6))
			.as((issued, positions) -> {
				Map<String, ConsistencyToken.Position> distinct = new LinkedHashMap<>();
				positions.forEach((position) -> distinct.put(position.key(), position));
				return ConsistencyToken.of(Instant.ofEpochMilli(issued), List.copyOf(distinct.values()));
			});
	}

	private static Arbitrary<ConsistencyToken.Position> positions() {
		Arbitrary<String> clusters = Arbitraries.strings()
			.withCharRange('a', 'z')
			.withCharRange('A', 'Z')
			.numeric()
			.withChars("._-")
			.ofMinLength(1)
			.ofMaxLength(63);
		Arbitrary<Integer> systems = Arbitraries.integers().between(0, Integer.MAX_VALUE);
		Arbitrary<ConsistencyToken.Position> known = Combinators
			.combine(clusters, systems, Arbitraries.integers().between(1, Integer.MAX_VALUE),
					Arbitraries.longs().between(0, Long.MAX_VALUE))
			.as(ConsistencyToken.Position::new);
		Arbitrary<ConsistencyToken.Position> unknown = Combinators.combine(clusters, systems)
			.as((cluster, system) -> new ConsistencyToken.Position(cluster, system, 0, -1));
		return Arbitraries.oneOf(known, unknown, Arbitraries.just(ConsistencyToken.Position.all()));
	}

	@Provide
	Arbitrary<String> almostTokens() {
		return Arbitraries.strings()
			.withChars("019az~:?*.-+ ")
			.ofMinLength(1)
			.ofMaxLength(40)
			.map((text) -> "1~" + text);
	}

}
