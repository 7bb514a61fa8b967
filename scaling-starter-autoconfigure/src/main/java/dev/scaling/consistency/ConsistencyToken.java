package dev.scaling.consistency;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * How far a session has come, to be carried to another request, process or message: for
 * each cluster a timeline and a position in the WAL. <pre class="code">
 * message.setHeader("consistency", ConsistencySession.current().token().toString());
 * ...
 * ConsistencySession.open(ConsistencyToken.parse(header)).run(() -&gt; handle(message));
 * </pre>
 * <p>
 * Its text consists of letters, digits and {@code -._~:*?}, so that it may stand in a
 * cookie, a header or a URL. A token is no secret and needs no signature: whoever makes
 * one up gets reads from the primary until it expires, and never an error or a stale
 * read. Immutable.
 *
 * @since 0.1.0
 * @see ConsistencySession#token()
 */
public final class ConsistencyToken {

	/**
	 * A token that says nothing.
	 */
	public static final ConsistencyToken EMPTY = new ConsistencyToken(Instant.EPOCH, List.of());

	/**
	 * The longest text of a token. A token of more clusters than fit says that the
	 * session has written to unknown positions of all clusters.
	 */
	public static final int MAXIMUM_LENGTH = 2048;

	private static final String ALL = "*";

	private static final String VERSION = "1";

	private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9_.-]{1,63}|\\*");

	private final Instant issued;

	private final List<Position> positions;

	/**
	 * Whether it stands for a text that is no token.
	 */
	private final boolean unreadable;

	private ConsistencyToken(Instant issued, List<Position> positions) {
		this(issued, positions, false);
	}

	private ConsistencyToken(Instant issued, List<Position> positions, boolean unreadable) {
		this.issued = issued.truncatedTo(ChronoUnit.MILLIS);
		this.positions = List.copyOf(positions);
		this.unreadable = unreadable;
	}

	static ConsistencyToken of(Instant issued, List<Position> positions) {
		if (positions.isEmpty()) {
			return EMPTY;
		}
		ConsistencyToken token = new ConsistencyToken(issued, positions);
		return (token.toString().length() <= MAXIMUM_LENGTH) ? token : unknown(issued);
	}

	/**
	 * A token that says that the session has written just now, and not where to.
	 * @return the token, never {@code null}
	 */
	public static ConsistencyToken unknown() {
		return unknown(Clock.systemUTC().instant());
	}

	private static ConsistencyToken unknown(Instant issued) {
		return new ConsistencyToken(issued, List.of(Position.all()));
	}

	/**
	 * Reads the text of a token. What is no token of ours is taken for one that says that
	 * the session has written, and not where to: never an error.
	 * @param text the text, {@code null} or empty for a token that says nothing
	 * @return the token, never {@code null}
	 */
	public static ConsistencyToken parse(@Nullable String text) {
		if (!StringUtils.hasText(text)) {
			return EMPTY;
		}
		try {
			return read(text.trim());
		}
		catch (IllegalArgumentException ex) {
			return new ConsistencyToken(Clock.systemUTC().instant(), List.of(Position.all()), true);
		}
	}

	private static ConsistencyToken read(String text) {
		Assert.isTrue(text.length() <= MAXIMUM_LENGTH, "Too long");
		String[] parts = text.split("~", -1);
		Assert.isTrue(parts.length > 2 && parts[0].equals(VERSION), "Unknown version");
		long issued = Long.parseLong(parts[1], Character.MAX_RADIX);
		Assert.isTrue(issued >= 0 && issued < Instant.MAX.getEpochSecond(), "Impossible time");
		Map<String, Position> positions = new LinkedHashMap<>();
		for (int i = 2; i < parts.length; i++) {
			Position position = Position.read(parts[i]);
			positions.merge(position.key(), position, Position::later);
		}
		return new ConsistencyToken(Instant.ofEpochMilli(issued), new ArrayList<>(positions.values()));
	}

	/**
	 * Whether the token says nothing.
	 * @return {@code true} if no cluster is named
	 */
	public boolean isEmpty() {
		return this.positions.isEmpty();
	}

	/**
	 * Whether the token says where the session has come to, and not only that it has
	 * written.
	 * @return {@code true} if no position is unknown
	 */
	public boolean isExact() {
		return this.positions.stream().allMatch(Position::isKnown);
	}

	/**
	 * Whether the token stands for a text that is no token of ours.
	 * @return {@code true} if {@link #parse} could not read it
	 */
	public boolean isUnreadable() {
		return this.unreadable;
	}

	/**
	 * Whether both tokens say the same, whenever they were made.
	 * @param other the other token
	 * @return {@code true} if all positions are the same
	 */
	public boolean hasSamePositions(ConsistencyToken other) {
		return this.positions.equals(other.positions);
	}

	/**
	 * When the token was made, by the clock of the process that made it.
	 * @return the time, to the millisecond
	 */
	public Instant issued() {
		return this.issued;
	}

	List<Position> positions() {
		return this.positions;
	}

	@Override
	public boolean equals(Object obj) {
		return obj instanceof ConsistencyToken other && this.issued.equals(other.issued)
				&& this.positions.equals(other.positions);
	}

	@Override
	public int hashCode() {
		return this.issued.hashCode() + 31 * this.positions.hashCode();
	}

	/**
	 * The text of the token.
	 * @return the text, empty if it says nothing
	 */
	@Override
	public String toString() {
		if (isEmpty()) {
			return "";
		}
		StringBuilder text = new StringBuilder(VERSION).append('~')
			.append(Long.toString(this.issued.toEpochMilli(), Character.MAX_RADIX));
		this.positions.forEach((position) -> text.append('~').append(position));
		return text.toString();
	}

	/**
	 * A position in one cluster.
	 *
	 * @param cluster the name of the cluster, {@code *} for all
	 * @param system short form of the cluster's system identifier, 0 if unknown
	 * @param timeline the timeline, 0 if the position is unknown
	 * @param position the position, -1 if unknown
	 */
	record Position(String cluster, int system, int timeline, long position) {

		static Position unknown(String cluster) {
			return new Position(cluster, 0, 0, -1);
		}

		static Position unknown(ClusterPositions cluster) {
			return new Position(cluster.cluster(), systemOf(cluster), 0, -1);
		}

		static Position known(ClusterPositions cluster, int timeline, long position) {
			return new Position(cluster.cluster(), systemOf(cluster), timeline, position);
		}

		static Position all() {
			return unknown(ALL);
		}

		/**
		 * The identifier is long, and has to tell apart only the few systems whose tokens
		 * meet at one client.
		 */
		private static int systemOf(ClusterPositions cluster) {
			long identifier = cluster.systemIdentifier();
			return (identifier != 0) ? Math.max(1, Long.hashCode(identifier) & Integer.MAX_VALUE) : 0;
		}

		/**
		 * What tells the cluster from others.
		 */
		String key() {
			return (this.system != 0) ? this.cluster + ":" + Integer.toString(this.system, Character.MAX_RADIX)
					: this.cluster;
		}

		boolean isKnown() {
			return this.position >= 0;
		}

		boolean isOfAll() {
			return this.cluster.equals(ALL);
		}

		/**
		 * Whether the position may belong to the given cluster: it has its name, and is
		 * not known to come from another one.
		 */
		boolean mayBeOf(ClusterPositions cluster) {
			int system = systemOf(cluster);
			return isOfAll() || (this.cluster.equals(cluster.cluster())
					&& (this.system == 0 || system == 0 || this.system == system));
		}

		/**
		 * Whether the position belongs to no other cluster than the given one.
		 */
		boolean isOf(ClusterPositions cluster) {
			return this.cluster.equals(cluster.cluster()) && (this.system == 0 || this.system == systemOf(cluster));
		}

		/**
		 * The one of two that asks for more.
		 */
		Position later(Position other) {
			if (!isKnown() || !other.isKnown()) {
				return new Position(this.cluster, this.system, 0, -1);
			}
			return new Position(this.cluster, this.system, Math.max(this.timeline, other.timeline),
					Math.max(this.position, other.position));
		}

		static Position read(String text) {
			String[] parts = text.split(":", -1);
			Assert.isTrue(CLUSTER.matcher(parts[0]).matches(), "No name of a cluster");
			boolean known = !parts[parts.length - 1].equals("?");
			int withoutSystem = known ? 3 : 2;
			Assert.isTrue(parts.length == withoutSystem || parts.length == withoutSystem + 1, "No position");
			int system = 0;
			if (parts.length > withoutSystem) {
				system = Integer.parseInt(parts[1], Character.MAX_RADIX);
				Assert.isTrue(system > 0, "No system");
			}
			Assert.isTrue(!parts[0].equals(ALL) || (!known && system == 0), "No position of all clusters");
			if (!known) {
				return new Position(parts[0], system, 0, -1);
			}
			int timeline = Integer.parseInt(parts[parts.length - 2], 16);
			long position = Long.parseLong(parts[parts.length - 1], 16);
			Assert.isTrue(timeline > 0 && position >= 0, "No position");
			return new Position(parts[0], system, timeline, position);
		}

		@Override
		public String toString() {
			return key() + (isKnown() ? ":" + Integer.toHexString(this.timeline) + ":" + Long.toHexString(this.position)
					: ":?");
		}

	}

}
