package dev.scaling;

import java.time.Duration;
import java.util.Collection;
import java.util.function.BiConsumer;

/**
 * What all kinds of work on many shards have in common: which shards take part, how long
 * it may take, and what becomes of it when one of them fails.
 * <p>
 * The <em>complete</em> policy is the default: the first failure cancels the work on the
 * other shards and is thrown as a {@link GatherException}, so that a result is never
 * missing rows. {@link #partial} has the result of the shards that answer.
 * <p>
 * Each shard's work runs in a thread, and so in a transaction, of its own, within the
 * {@link RoutingContext} and the session of the caller. It is refused where that would be
 * wrong: inside a read-write transaction, with a {@link CrossShardTransactionException},
 * and inside the work of another fan-out, with an {@link IllegalStateException}. In a
 * read-only transaction it is allowed; but if that transaction has already read, it keeps
 * its connection while the shards look for further ones, so with small pools it is better
 * to gather first.
 * <p>
 * What has been cancelled or has timed out executes nothing any more: its thread is
 * interrupted, or the statement that the server is executing is cancelled there. It may
 * still complete on its shard, as that takes a moment, and a commit is never cancelled.
 * What it has written by then is not undone.
 *
 * @param <F> the type of the description
 * @since 0.1.0
 */
public interface FanOut<F extends FanOut<F>> {

	/**
	 * Returns a description like this one for some of the shards.
	 * @param shards the names of the shards, all of them among those of this description;
	 * none of them for an empty result
	 * @return the description, never {@code null}
	 * @throws IllegalArgumentException if a shard is not one of this description
	 */
	F withShards(Collection<String> shards);

	/**
	 * Returns a description like this one with another deadline for the work on all
	 * shards. The caller goes on when it is reached, whatever the shards do.
	 * @param timeout the time from the beginning, must be positive
	 * @return the description, never {@code null}
	 */
	F withTimeout(Duration timeout);

	/**
	 * Returns a description like this one whose result lacks the shards that fail or are
	 * late, as long as there is one that does not: if all fail a {@link GatherException}
	 * is thrown. An {@link Error} is always thrown.
	 * @param failures takes the name of each shard that is missing in the result, and
	 * why; called from the thread of the caller in the order of the shards, before the
	 * result is returned
	 * @return the description, never {@code null}
	 */
	F partial(BiConsumer<? super String, ? super Throwable> failures);

}
