package dev.scaling.insight;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongConsumer;

import dev.scaling.routing.StatementListener;
import dev.scaling.topology.Node;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NamedThreadLocal;
import org.springframework.util.Assert;

/**
 * Finds statements that are executed again and again for one piece of work, such as one
 * for each row that another statement has returned (the N+1 problem). A piece of work is
 * a request, or else a transaction. One in several of them is looked at: what is written
 * so is executed so each time.
 * <p>
 * Each place in the application is logged once. Up to {@value #MAXIMUM_PLACES} places are
 * remembered, and up to {@value #MAXIMUM_STATEMENTS} statements for each piece of work.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class RepeatedQueries implements StatementListener {

	private static final int MAXIMUM_PLACES = 256;

	private static final int MAXIMUM_STATEMENTS = 256;

	private static final Log logger = LogFactory.getLog(RepeatedQueries.class);

	private final int threshold;

	private final int sample;

	private final SqlText texts = new SqlText();

	private final ThreadLocal<Work> current = NamedThreadLocal.withInitial("Statements of the current work", Work::new);

	private final LongAdder found = new LongAdder();

	private final Map<String, RepeatedQuery> places = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, RepeatedQuery> eldest) {
			return size() > MAXIMUM_PLACES;
		}

	};

	/**
	 * Creates a search.
	 * @param threshold how often a piece of work has to execute a statement, at least 2
	 * @param sample of how many pieces of work on a thread one is looked at, at least 1
	 */
	public RepeatedQueries(int threshold, int sample) {
		Assert.isTrue(threshold > 1, "'threshold' must be 2 or more");
		Assert.isTrue(sample > 0, "'sample' must be 1 or more");
		this.threshold = threshold;
		this.sample = sample;
	}

	/**
	 * A piece of work begins on this thread, or a part of one.
	 */
	public void begin() {
		Work work = this.current.get();
		if (work.depth++ == 0) {
			work.watched = work.number++ % this.sample == 0;
		}
	}

	/**
	 * What began last has ended.
	 * @param <T> the type of what has ended
	 * @param ended what has ended, such as the transaction
	 * @param name gives it a name, which is asked for only if something was repeated
	 */
	public <T> void end(T ended, Function<? super T, String> name) {
		Work work = this.current.get();
		if (work.depth == 0 || --work.depth > 0) {
			return;
		}
		if (!work.statements.isEmpty()) {
			work.statements.forEach((sql, repetition) -> {
				if (repetition.caller != null) {
					report(new RepeatedQuery(sql, repetition.caller, name.apply(ended), 1, repetition.count,
							Duration.ofNanos(repetition.lost), Instant.now()));
				}
			});
			work.statements.clear();
		}
		work.watched = false;
	}

	@Override
	public @Nullable LongConsumer executed(Node node, String sql, long nanoseconds, Statement statement) {
		Work work = this.current.get();
		if (work.watched) {
			String text = this.texts.normalize(sql);
			Repetition repetition = work.statements.get(text);
			if (repetition != null) {
				repetition.lost += nanoseconds;
				if (++repetition.count == this.threshold) {
					repetition.caller = CallingMethod.line();
				}
			}
			else if (work.statements.size() < MAXIMUM_STATEMENTS) {
				work.statements.put(text, new Repetition());
			}
		}
		return null;
	}

	@Override
	public void failed(Node node, String sql, long nanoseconds, Statement statement, SQLException failure) {
	}

	private void report(RepeatedQuery query) {
		this.found.increment();
		RepeatedQuery all;
		synchronized (this.places) {
			all = this.places.merge(query.caller() + " " + query.sql(), query, RepeatedQuery::and);
		}
		if (all.occurrences() == 1) {
			logger.warn("Repeated statement: " + query.maximum() + " times for one piece of work (" + query.work()
					+ "), which took " + query.lost().toMillis() + " ms more than one, by " + query.caller()
					+ ": get all rows at once by a join, or those of all keys by one statement with"
					+ " '= ANY (?)'; in JPA by JOIN FETCH, an entity graph or a batch size: " + query.sql());
		}
	}

	/**
	 * The statements that were found, those that were seen last at the end.
	 * @return the statements, never {@code null}
	 */
	public List<RepeatedQuery> queries() {
		synchronized (this.places) {
			return List.copyOf(this.places.values());
		}
	}

	/**
	 * How often a piece of work has repeated a statement since the start, among those
	 * that were looked at.
	 * @return the number of repetitions
	 */
	public long found() {
		return this.found.sum();
	}

	/**
	 * What a thread has executed for the current piece of work.
	 */
	private static final class Work {

		private final Map<String, Repetition> statements = new HashMap<>();

		private int depth;

		private int number;

		private boolean watched;

	}

	private static final class Repetition {

		private int count = 1;

		private long lost;

		private @Nullable String caller;

	}

}
