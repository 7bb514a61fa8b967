package dev.scaling.sharding;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import dev.scaling.ShardOwnershipException;
import dev.scaling.pool.ConnectionCheck;
import dev.scaling.routing.LiveTopology;
import dev.scaling.routing.NodePool;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks a shard, on each new physical connection, whether it is the shard that this
 * instance takes it for: its name, its position, the list of shards, the mapping, and the
 * epoch of all that. Work costs nothing; a new connection costs one round trip.
 * <p>
 * The shard keeps the answer in the table {@code scaling_shard_keyspace}, where the
 * search path of the application's user leads. The first instance that reaches a primary
 * writes what is missing. Replicas are believed where they say nothing yet, or have an
 * older epoch, because they may be behind.
 * <p>
 * What is guaranteed: no connection is given to work that was made to a shard of another
 * name, or of a keyspace with another list, mapping or epoch. What was made before a
 * change is ended by {@link #publish}. Behind a pooler the connections of instances that
 * have not been stopped belong to the pooler, and survive: they have to be ended there
 * (PgBouncer: {@code KILL} and {@code RESUME} of the database).
 * <p>
 * Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class ShardOwnership implements ConnectionCheck {

	private static final Log logger = LogFactory.getLog(ShardOwnership.class);

	private static final String PUBLISH = "To change the list for good, raise the epoch, move the rows, and publish it";

	private static final String IDENTITY = "SELECT system_identifier || '/' || (SELECT oid FROM pg_database"
			+ " WHERE datname = current_database()) FROM pg_control_system()";

	/**
	 * Sessions that have begun before this statement. Those that begin later see what has
	 * been committed before it.
	 */
	private static final String TERMINATE = "SELECT count(*), count(*) FILTER (WHERE pg_terminate_backend(pid))"
			+ " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
			+ " AND backend_type = 'client backend' AND backend_start < ?::timestamptz";

	private static final long TERMINATION_INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

	private final String shard;

	private final Map<String, ShardClaim> claims = new LinkedHashMap<>();

	/**
	 * Creates the check of the connections to one shard, its primary and its replicas.
	 * @param shard the name of the shard
	 * @param claims all keyspaces; those that have no rows on the shard are left out
	 */
	public ShardOwnership(String shard, Collection<ShardClaim> claims) {
		this.shard = shard;
		for (ShardClaim claim : claims) {
			if (claim.keyspace().position(shard) >= 0) {
				this.claims.put(claim.keyspace().name(), claim);
			}
		}
	}

	@Override
	public void check(Connection connection) throws SQLException {
		if (this.claims.isEmpty()) {
			return;
		}
		OwnershipTable.Content content = read(connection);
		if (!content.readOnly() && !content.claims().keySet().containsAll(this.claims.keySet())) {
			createMissing(connection, content);
			content = read(connection);
		}
		for (ShardClaim claim : this.claims.values()) {
			StoredClaim stored = content.claim(claim.keyspace().name());
			if (stored != null && !(content.readOnly() && stored.epoch() < claim.epoch())) {
				compare(claim, claim.stored(this.shard), stored);
			}
		}
	}

	private OwnershipTable.Content read(Connection connection) throws SQLException {
		try {
			return OwnershipTable.read(connection, this.claims.keySet());
		}
		catch (SQLException ex) {
			throw isForbidden(ex) ? forbidden(ex, this.claims) : ex;
		}
	}

	private void createMissing(Connection connection, OwnershipTable.Content content) throws SQLException {
		Map<String, ShardClaim> missing = new LinkedHashMap<>(this.claims);
		missing.keySet().removeAll(content.claims().keySet());
		Map<String, StoredClaim> rows = new LinkedHashMap<>();
		missing.forEach((keyspace, claim) -> rows.put(keyspace, claim.stored(this.shard)));
		try {
			OwnershipTable.createMissing(connection, rows);
			logger.info("Shard " + this.shard + " has been told what it owns of " + rows.keySet());
		}
		catch (SQLException ex) {
			throw isForbidden(ex) ? forbidden(ex, missing) : ex;
		}
	}

	/**
	 * Insufficient privilege, or no schema to create the table in.
	 */
	private static boolean isForbidden(SQLException ex) {
		return "42501".equals(ex.getSQLState()) || "3F000".equals(ex.getSQLState());
	}

	private ShardOwnershipException forbidden(SQLException ex, Map<String, ShardClaim> missing) {
		StringBuilder script = new StringBuilder(OwnershipTable.DEFINITION.replaceAll("\\s+", " ")).append("; ");
		missing.forEach((keyspace, claim) -> script.append(OwnershipTable.script(keyspace, claim.stored(this.shard)))
			.append("; "));
		script.append("GRANT SELECT ON scaling_shard_keyspace TO PUBLIC");
		return new ShardOwnershipException("Shard '" + this.shard
				+ "' cannot be asked what it owns, because the application's user may not read or create the table"
				+ " scaling_shard_keyspace (" + ex.getMessage() + ").",
				"Execute this on its primary as a user who may: " + script + ";", ShardOwnershipException.WIRING, ex);
	}

	private void compare(ShardClaim claim, StoredClaim expected, StoredClaim stored) throws ShardOwnershipException {
		if (stored.epoch() != expected.epoch()) {
			throw epoch(claim, stored);
		}
		String keyspace = " of keyspace '" + claim.keyspace().name() + "'";
		if (!stored.shard().equals(expected.shard())) {
			throw wiring("scaling.shards." + this.shard,
					"leads to a database that holds shard '" + stored.shard() + "'" + keyspace + ", and not '"
							+ this.shard + "'",
					"Correct the URL. Each shard needs a database of its own, and keeps its name.");
		}
		if (!stored.shards().equals(expected.shards())) {
			throw wiring(claim.property() + ".shards",
					"is [" + expected.shards() + "] (epoch " + claim.epoch() + "), but shard '" + this.shard
							+ "' has been told [" + stored.shards() + "]" + keyspace
							+ ": the order is part of the mapping, and keys would be sought on other shards",
					"Restore the list. " + PUBLISH + ".");
		}
		if (stored.position() != expected.position()) {
			throw wiring(
					claim.property() + ".shards", "puts shard '" + this.shard + "' at position " + expected.position()
							+ ", but it is at position " + stored.position() + keyspace,
					"Restore the list. " + PUBLISH + ".");
		}
		if (!stored.mapping().equals(expected.mapping())) {
			throw wiring(claim.property(),
					"says '" + expected.mapping() + "', but shard '" + this.shard + "' has been told '"
							+ stored.mapping() + "': keys would be sought on other shards",
					"Restore the properties. " + PUBLISH + ".");
		}
	}

	private static ShardOwnershipException wiring(String property, String what, String action) {
		return new ShardOwnershipException("Property '" + property + "' " + what + ".", action,
				ShardOwnershipException.WIRING, null);
	}

	private ShardOwnershipException epoch(ShardClaim claim, StoredClaim stored) {
		String what = "Property '" + claim.property() + ".epoch' is " + claim.epoch() + ", but shard '" + this.shard
				+ "' is in epoch " + stored.epoch() + " of keyspace '" + claim.keyspace().name() + "', with '"
				+ stored.mapping() + "': ";
		return (stored.epoch() > claim.epoch())
				? new ShardOwnershipException(what + "this instance has an outdated list of shards.",
						"Restart it with the configuration of that epoch.", ShardOwnershipException.EPOCH, null)
				: new ShardOwnershipException(what + "the list of this instance has not been published.",
						"Publish it when the rows have been moved, or restart this instance with the configuration of"
								+ " the shard's epoch.",
						ShardOwnershipException.EPOCH, null);
	}

	/**
	 * Asks all shards that can be reached now whether they are wired as configured, and
	 * whether each of them has a database of its own. To be called at the start: later
	 * the check of each connection finds the same, except two shards without a common
	 * keyspace on one database.
	 * @param shards the topologies of all shards
	 * @throws ShardWiringException if they are not; says what is wrong and what to do
	 */
	public static void verify(Collection<LiveTopology> shards) {
		Map<String, String> databases = new LinkedHashMap<>();
		for (LiveTopology shard : shards) {
			String database = shard.primary().map(ShardOwnership::identify).orElse(null);
			String other = (database != null) ? databases.putIfAbsent(database, shard.cluster()) : null;
			if (other != null) {
				throw new ShardWiringException(
						"Shards '" + other + "' and '" + shard.cluster() + "' are the same database (properties"
								+ " 'scaling.shards." + other + ".primary.url' and 'scaling.shards." + shard.cluster()
								+ ".primary.url').",
						"Correct one of the URLs: each shard needs a database of its own.", null);
			}
		}
	}

	/**
	 * The system and the database behind a pool, or {@code null} if it cannot be told.
	 */
	private static @Nullable String identify(NodePool primary) {
		try (Connection connection = primary.dataSource().getConnection();
				Statement statement = connection.createStatement();
				ResultSet resultSet = statement.executeQuery(IDENTITY)) {
			resultSet.next();
			return resultSet.getString(1);
		}
		catch (SQLException ex) {
			ShardOwnershipException refusal = ShardOwnershipException.of(ex);
			if (refusal != null) {
				throw new ShardWiringException(refusal.description(), refusal.action(), refusal);
			}
			logger.debug("Shard " + primary + " could not be asked for its identity", ex);
			return null;
		}
	}

	/**
	 * Tells all shards a new list, or another mapping, of a keyspace: first each shard
	 * gets the new epoch, then all sessions on its database are ended that have begun
	 * before. When this method returns, each connection that an instance with another
	 * epoch has made directly is gone, with its uncommitted work, and it cannot make new
	 * ones.
	 * <p>
	 * The rows are not moved by this. Keys have no owner that all instances agree on
	 * while they are moved, so nobody should write to the keyspace meanwhile: stop the
	 * instances, or end their connections in the pooler and let them be refused; publish;
	 * move the rows; start the instances with the new epoch.
	 * <p>
	 * Sessions are ended rather than made to prove their epoch in each transaction,
	 * because the latter costs a sixth of the throughput of short writes, for ever.
	 * @param claim the keyspace as it is from now on, with a higher epoch than before
	 * @param primaries connections to the primary of each shard, also of one that has
	 * left the list, by name; none that is checked by a {@link ShardOwnership}, and of a
	 * user who may end the sessions of the application's user (it is the same one, or a
	 * member of {@code pg_signal_backend})
	 * @param timeout how long to wait at most, on each shard, for sessions to end
	 * @return how many sessions have been ended
	 * @throws ShardOwnershipException if a shard has that epoch, or a higher one, with
	 * something else
	 * @throws SQLException if a shard cannot be reached, or its sessions do not end: some
	 * shards may have the new epoch then, so repeat it. Instances of either epoch are
	 * refused by some shards until then
	 * @throws IllegalArgumentException if a shard of the list is missing
	 */
	public static int publish(ShardClaim claim, Map<String, ? extends DataSource> primaries, Duration timeout)
			throws SQLException {
		for (String shard : claim.keyspace().shards()) {
			if (!primaries.containsKey(shard)) {
				throw new IllegalArgumentException("Shard '" + shard + "' of keyspace '" + claim.keyspace().name()
						+ "' is missing among " + primaries.keySet());
			}
		}
		int ended = 0;
		for (Map.Entry<String, ? extends DataSource> primary : primaries.entrySet()) {
			try (Connection connection = primary.getValue().getConnection()) {
				ended += publish(claim, primary.getKey(), connection, timeout);
			}
		}
		return ended;
	}

	/**
	 * Does what {@link #publish} does, unless all shards have been told so already, or of
	 * a higher epoch: then nothing is changed, and no session ended.
	 * @param claim the keyspace as it is from now on
	 * @param primaries connections to the primaries, as for {@link #publish}; those that
	 * have nothing to do with the keyspace are left alone
	 * @param timeout how long to wait at most, on each shard, for sessions to end
	 * @return whether a shard had to be told
	 * @throws ShardOwnershipException if a shard has that epoch with something else
	 * @throws SQLException if a shard cannot be reached, or its sessions do not end
	 * @throws IllegalArgumentException if a shard of the list is missing
	 */
	public static boolean publishIfHigher(ShardClaim claim, Map<String, ? extends DataSource> primaries,
			Duration timeout) throws SQLException {
		String keyspace = claim.keyspace().name();
		Map<String, DataSource> concerned = new LinkedHashMap<>();
		boolean published = true;
		for (Map.Entry<String, ? extends DataSource> primary : primaries.entrySet()) {
			try (Connection connection = primary.getValue().getConnection()) {
				StoredClaim stored = OwnershipTable.read(connection, List.of(keyspace)).claim(keyspace);
				if (stored != null || claim.keyspace().position(primary.getKey()) >= 0) {
					concerned.put(primary.getKey(), primary.getValue());
					published &= stored != null && stored.epoch() >= claim.epoch();
				}
			}
		}
		if (!published) {
			publish(claim, concerned, timeout);
		}
		return !published;
	}

	private static int publish(ShardClaim claim, String shard, Connection connection, Duration timeout)
			throws SQLException {
		String keyspace = claim.keyspace().name();
		StoredClaim row = claim.stored(shard);
		OwnershipTable.raise(connection, Map.of(keyspace, row));
		StoredClaim stored = OwnershipTable.read(connection, List.of(keyspace)).claim(keyspace);
		if (stored == null || !stored.equals(row)) {
			throw new ShardOwnershipException(
					"Shard '" + shard + "' already has something else of keyspace '" + keyspace + "': " + stored
							+ ", instead of " + row + ".",
					"Choose the epoch after the highest one.", ShardOwnershipException.EPOCH, null);
		}
		int ended = terminateOlder(connection, shard, timeout);
		logger.info("Shard " + shard + " is in epoch " + claim.epoch() + " of keyspace " + keyspace + "; " + ended
				+ " sessions of before have been ended");
		return ended;
	}

	private static int terminateOlder(Connection connection, String shard, Duration timeout) throws SQLException {
		long deadline = System.nanoTime() + timeout.toNanos();
		try (Statement now = connection.createStatement();
				ResultSet time = now.executeQuery("SELECT clock_timestamp()::text");
				PreparedStatement statement = connection.prepareStatement(TERMINATE)) {
			time.next();
			statement.setString(1, time.getString(1));
			int ended = 0;
			while (true) {
				try (ResultSet resultSet = statement.executeQuery()) {
					resultSet.next();
					int sessions = resultSet.getInt(1);
					if (sessions == 0) {
						return ended;
					}
					ended = Math.max(ended, sessions);
					if (System.nanoTime() - deadline > 0) {
						throw new SQLException(sessions + " sessions on shard '" + shard + "' have not ended within "
								+ timeout.toMillis() + " ms", "57014");
					}
				}
				LockSupport.parkNanos(TERMINATION_INTERVAL);
			}
		}
	}

}
