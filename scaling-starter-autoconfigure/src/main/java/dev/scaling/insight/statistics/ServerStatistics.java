package dev.scaling.insight.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What one server said about itself at one time. Counters have grown since
 * {@link #since()}; what they grew by within an interval is the difference of two of
 * these. A part that the server does not have, or that the user may not read, is
 * {@code null} or empty and named in {@link #missing()}. Immutable.
 *
 * @param cluster the name of the cluster
 * @param node the id of the node
 * @param primary whether the server takes writes
 * @param time when it was asked, by the clock of this process
 * @param since when its counters were reset last, or {@code null} if never
 * @param connections how many connections of clients to this database there are, by state
 * of {@code pg_stat_activity}
 * @param maxConnections {@code max_connections}
 * @param running the statements that run for longer than five seconds, longest first
 * @param standbys who replicates from this server
 * @param blocks the blocks of tables that were read
 * @param tables the tables that say most: those that are scanned most and those that are
 * largest
 * @param unusedIndexes indexes that nobody has used, largest first, without those that
 * enforce a constraint
 * @param statements what pg_stat_statements says, or {@code null} if it is not there
 * @param database the counters of the database
 * @param wal the counters of the WAL, or {@code null} on a standby
 * @param settings the settings that advice depends on, by name, in the server's notation
 * @param missing what could not be read, with the SQL that helps
 * @since 0.1.0
 */
public record ServerStatistics(String cluster, String node, boolean primary, Instant time, @Nullable Instant since,
		Map<String, Integer> connections, int maxConnections, List<RunningStatement> running, List<Standby> standbys,
		Blocks blocks, List<Table> tables, List<Index> unusedIndexes, @Nullable Statements statements,
		Database database, @Nullable Wal wal, Map<String, String> settings, List<Missing> missing) {

	/**
	 * A statement that runs.
	 *
	 * @param pid the process that executes it
	 * @param duration for how long
	 * @param sql the SQL without its values
	 */
	public record RunningStatement(int pid, Duration duration, String sql) {

	}

	/**
	 * A server that replicates from this one. Positions are those of the article's query.
	 *
	 * @param name the {@code application_name}
	 * @param address the address, or {@code null} for a local socket
	 * @param state the state, such as {@code streaming}
	 * @param sent up to where WAL was sent, or {@code null} if unknown
	 * @param written up to where the standby has written it
	 * @param flushed up to where it has made it durable
	 * @param replayed up to where it has replayed it
	 * @param lagBytes what was sent and is not replayed
	 */
	public record Standby(String name, @Nullable String address, String state, @Nullable String sent,
			@Nullable String written, @Nullable String flushed, @Nullable String replayed, long lagBytes) {

	}

	/**
	 * Blocks of tables.
	 *
	 * @param hit how many were found in PostgreSQL's own cache
	 * @param read how many were not
	 */
	public record Blocks(long hit, long read) {

		/**
		 * The share of the blocks that were found in the cache.
		 * @return 0 to 1, or {@code NaN} if none was read
		 */
		public double hitRatio() {
			return (double) this.hit / (this.hit + this.read);
		}

	}

	/**
	 * A table.
	 *
	 * @param name the name with its schema
	 * @param sequentialScans how often it was read from beginning to end
	 * @param sequentialRows how many rows that has read
	 * @param indexScans how often an index was used
	 * @param inserted how many rows were inserted
	 * @param updated how many rows were updated
	 * @param deleted how many rows were deleted
	 * @param liveRows how many rows it has, about
	 * @param deadRows how many row versions wait for vacuum, about
	 * @param indexes how many indexes it has
	 * @param size its bytes, without its indexes
	 * @param indexSize the bytes of its indexes
	 * @param lastVacuum when it was vacuumed last, by whomever, or {@code null} for never
	 * @param timeColumn a column of type date or timestamp that its rows seem to be
	 * ordered by as they arrive, or {@code null} if there is none
	 * @param partitioned whether it is a partition already
	 */
	public record Table(String name, long sequentialScans, long sequentialRows, long indexScans, long inserted,
			long updated, long deleted, long liveRows, long deadRows, int indexes, long size, long indexSize,
			@Nullable Instant lastVacuum, @Nullable String timeColumn, boolean partitioned) {

	}

	/**
	 * An index.
	 *
	 * @param name the name with its schema
	 * @param table the name of the table with its schema
	 * @param scans how often it was used
	 * @param size its bytes
	 */
	public record Index(String name, String table, long scans, long size) {

	}

	/**
	 * What pg_stat_statements says about this database.
	 *
	 * @param since when it was reset, or {@code null} if unknown
	 * @param calls how many statements were executed
	 * @param totalTime the time of all of them
	 * @param readTime the time of those of them that write no WAL
	 * @param byTotalTime the statements with the largest sum of times, largest first
	 * @param byMeanTime the statements with the largest mean time, largest first
	 */
	public record Statements(@Nullable Instant since, long calls, Duration totalTime, Duration readTime,
			List<Statement> byTotalTime, List<Statement> byMeanTime) {

	}

	/**
	 * A statement of pg_stat_statements.
	 *
	 * @param id the {@code queryid}
	 * @param sql the SQL without its values, shortened
	 * @param calls how often it was executed
	 * @param totalTime the time of all executions
	 * @param meanTime the mean time of an execution
	 * @param rows how many rows it has returned or changed
	 * @param blocks the blocks of tables that it has read
	 * @param walBytes the WAL that it has written
	 */
	public record Statement(long id, String sql, long calls, Duration totalTime, Duration meanTime, long rows,
			Blocks blocks, long walBytes) {

	}

	/**
	 * Counters of a database.
	 *
	 * @param commits the transactions that were committed
	 * @param rollbacks the transactions that were rolled back
	 * @param rowsReturned the rows that were read by scans
	 * @param rowsFetched the rows that were fetched for queries
	 * @param rowsWritten the rows that were inserted, updated or deleted
	 * @param deadlocks the deadlocks
	 * @param temporaryFiles the temporary files
	 * @param temporaryBytes the bytes written to them
	 * @param conflicts the queries that replay has cancelled on a standby
	 * @param size the bytes on disk, 0 if unknown
	 */
	public record Database(long commits, long rollbacks, long rowsReturned, long rowsFetched, long rowsWritten,
			long deadlocks, long temporaryFiles, long temporaryBytes, long conflicts, long size) {

	}

	/**
	 * Counters of the WAL and of checkpoints.
	 *
	 * @param bytes the bytes of WAL that were written
	 * @param fullPageImages the images of whole pages in it
	 * @param buffersFull how often WAL had to be written because its buffers were full
	 * @param timedCheckpoints the checkpoints that were due
	 * @param requestedCheckpoints the checkpoints that too much WAL, or somebody, has
	 * asked for
	 */
	public record Wal(long bytes, long fullPageImages, long buffersFull, long timedCheckpoints,
			long requestedCheckpoints) {

	}

	/**
	 * Something that could not be read.
	 *
	 * @param what what is missing, such as {@code pg_stat_statements}
	 * @param reason why
	 * @param cure the SQL or setting that helps
	 */
	public record Missing(String what, String reason, String cure) {

	}

}
