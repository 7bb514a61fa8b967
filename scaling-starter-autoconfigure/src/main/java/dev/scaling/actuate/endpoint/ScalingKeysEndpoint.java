package dev.scaling.actuate.endpoint;

import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

import dev.scaling.ShardKeyException;
import dev.scaling.ShardLocation;
import dev.scaling.ShardTarget;
import dev.scaling.sharding.KeyTraffic;
import dev.scaling.sharding.KeyspaceDefinition;
import dev.scaling.sharding.Keyspaces;
import dev.scaling.sharding.ShardMigrationStatus;
import dev.scaling.sharding.ShardMigrations;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows the keyspaces, and where a key lives. What
 * changes something has to be allowed by {@code management.endpoint.scalingkeys.access}.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scalingkeys", defaultAccess = Access.READ_ONLY)
public final class ScalingKeysEndpoint {

	private static final List<Function<String, Object>> PARSERS = List.of(Long::valueOf, ScalingKeysEndpoint::uuid,
			LocalDate::parse, Instant::parse, (key) -> key);

	private final Keyspaces keyspaces;

	/**
	 * Keys with a smaller share than this are not worth to be shown.
	 */
	private static final double LEAST_SHARE = 0.01;

	private static final int MOST_KEYS = 10;

	private final @Nullable ShardMigrations migrations;

	private final @Nullable KeyTraffic traffic;

	/**
	 * Creates the endpoint.
	 * @param keyspaces the keyspaces to show
	 * @param migrations tells how far the scripts of the keyspaces are, or {@code null}
	 * if nobody executes any
	 * @param traffic tells which keys get most of the work, or {@code null} if nobody
	 * knows
	 */
	public ScalingKeysEndpoint(Keyspaces keyspaces, @Nullable ShardMigrations migrations,
			@Nullable KeyTraffic traffic) {
		this.traffic = traffic;
		this.keyspaces = keyspaces;
		this.migrations = migrations;
	}

	/**
	 * All keyspaces.
	 * @return the keyspaces by name
	 */
	@ReadOperation
	public KeyspacesDescriptor keyspaces() {
		Map<String, KeyspaceDescriptor> descriptors = new LinkedHashMap<>();
		this.keyspaces.all().forEach((keyspace) -> descriptors.put(keyspace.name(), describe(keyspace)));
		return new KeyspacesDescriptor(descriptors);
	}

	/**
	 * One keyspace.
	 * @param keyspace the name of the keyspace
	 * @return the keyspace, or {@code null} if there is no such keyspace
	 */
	@ReadOperation
	public @Nullable KeyspaceDescriptor keyspace(@Selector String keyspace) {
		return keyspaces().keyspaces().get(keyspace);
	}

	/**
	 * Where a key lives.
	 * @param keyspace the name of the keyspace
	 * @param key the key as text: it is taken for a number, a UUID, a date or an instant
	 * if it looks like one, and else, or if the strategy does not take that, for a text
	 * @return the location, or {@code null} if there is no such keyspace
	 */
	@ReadOperation
	public @Nullable KeyDescriptor key(@Selector String keyspace, @Selector String key) {
		if (keyspace(keyspace) == null) {
			return null;
		}
		ShardKeyException failure = null;
		for (Object candidate : candidates(key)) {
			try {
				ShardLocation location = this.keyspaces.find(ShardTarget.ofKey(keyspace, candidate));
				return new KeyDescriptor(key, type(candidate), location.shard(), null);
			}
			catch (ShardKeyException ex) {
				failure = (failure != null && !(failure.getCause() instanceof IllegalArgumentException)) ? failure : ex;
			}
		}
		return new KeyDescriptor(key, null, null, (failure != null) ? failure.getMessage() : null);
	}

	/**
	 * Forgets what this instance remembers of a key, so that its directory is asked
	 * again.
	 * @param keyspace the name of the keyspace
	 * @param key the key as text
	 * @return the location, or {@code null} if there is no such keyspace
	 */
	@WriteOperation
	public @Nullable KeyDescriptor reload(@Selector String keyspace, @Selector String key) {
		if (keyspace(keyspace) != null) {
			this.keyspaces.forget(keyspace, key);
		}
		return key(keyspace, key);
	}

	private static List<Object> candidates(String key) {
		List<Object> candidates = new ArrayList<>();
		for (Function<String, Object> parser : PARSERS) {
			try {
				candidates.add(parser.apply(key));
			}
			catch (IllegalArgumentException | DateTimeParseException ex) {
				// the key does not look like that
			}
		}
		return candidates;
	}

	private static UUID uuid(String key) {
		UUID uuid = UUID.fromString(key);
		if (!uuid.toString().equalsIgnoreCase(key)) {
			throw new IllegalArgumentException("Digits are missing");
		}
		return uuid;
	}

	private static String type(Object key) {
		return (key instanceof String) ? "text"
				: (key instanceof Long) ? "number" : key.getClass().getSimpleName().toLowerCase(Locale.ROOT);
	}

	private KeyspaceDescriptor describe(KeyspaceDefinition keyspace) {
		Map<String, SchemaDescriptor> schema = new LinkedHashMap<>();
		List<ShardMigrationStatus> statuses = (this.migrations != null) ? this.migrations.status() : List.of();
		for (ShardMigrationStatus status : statuses) {
			if (status.keyspace().equals(keyspace.name())) {
				schema.put(status.shard(), new SchemaDescriptor(status.state().name().toLowerCase(Locale.ROOT),
						status.version(), (status.pending() >= 0) ? status.pending() : null, status.error()));
			}
		}
		return new KeyspaceDescriptor(keyspace.mapping(), keyspace.shards(), keyspace.tables(), schema,
				traffic(keyspace.name()));
	}

	private @Nullable TrafficDescriptor traffic(String keyspace) {
		KeyTraffic.Shares shares = (this.traffic != null) ? this.traffic.shares(keyspace) : null;
		return (shares != null) ? new TrafficDescriptor(shares.shards(),
				shares.keys()
					.stream()
					.filter((key) -> key.share() >= LEAST_SHARE)
					.limit(MOST_KEYS)
					.map((key) -> new KeyShareDescriptor(key.key().toString(), key.shard(), key.share()))
					.toList())
				: null;
	}

	/**
	 * Description of all keyspaces.
	 *
	 * @param keyspaces the keyspaces by name
	 */
	public record KeyspacesDescriptor(Map<String, KeyspaceDescriptor> keyspaces) implements OperationResponseBody {

	}

	/**
	 * Description of a keyspace.
	 *
	 * @param mapping how keys are mapped to shards
	 * @param shards the names of the shards in their order
	 * @param tables the key column of each table
	 * @param schema how far the scripts of the keyspace are on each shard, by its name;
	 * empty if there are none
	 * @param traffic how the work of the last minutes is spread, or {@code null} if there
	 * was too little
	 */
	public record KeyspaceDescriptor(String mapping, List<String> shards, Map<String, String> tables,
			Map<String, SchemaDescriptor> schema,
			@Nullable TrafficDescriptor traffic) implements OperationResponseBody {

	}

	/**
	 * Description of how the work of a keyspace is spread, as this instance sees it.
	 *
	 * @param shards the share of each shard, 0 to 1
	 * @param hottest the keys that get most of the work, up to ten with at least 0.01
	 * each
	 */
	public record TrafficDescriptor(Map<String, Double> shards, List<KeyShareDescriptor> hottest) {

	}

	/**
	 * Description of a key that gets much of the work.
	 *
	 * @param key the key
	 * @param shard the shard that owns it
	 * @param share what it gets at least, 0 to 1
	 */
	public record KeyShareDescriptor(String key, String shard, double share) {

	}

	/**
	 * Description of a keyspace's schema on a shard.
	 *
	 * @param state the state, such as {@code migrated} or {@code unreachable}
	 * @param version the version of the last script, or {@code null} if there is none, or
	 * nobody knows yet
	 * @param pending the number of scripts that are still to be executed, or {@code null}
	 * if nobody knows
	 * @param error what went wrong, or {@code null}
	 */
	public record SchemaDescriptor(String state, @Nullable String version, @Nullable Integer pending,
			@Nullable String error) {

	}

	/**
	 * Description of a key.
	 *
	 * @param key the key
	 * @param type what the key was taken for: number, uuid, localdate, instant or text
	 * @param shard the shard that owns it, or {@code null} if none does
	 * @param reason why no shard owns it, or {@code null}
	 */
	public record KeyDescriptor(String key, @Nullable String type, @Nullable String shard,
			@Nullable String reason) implements OperationResponseBody {

	}

}
