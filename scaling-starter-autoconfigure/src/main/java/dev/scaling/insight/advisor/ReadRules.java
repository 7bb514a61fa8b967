package dev.scaling.insight.advisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import dev.scaling.Access;
import dev.scaling.insight.advisor.Evidence.Method;
import dev.scaling.insight.advisor.Evidence.Pool;
import dev.scaling.insight.advisor.Finding.Step;
import dev.scaling.insight.advisor.Subject.Load;
import dev.scaling.insight.advisor.Window.Change;
import dev.scaling.insight.advisor.Window.Work;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.Blocks;
import dev.scaling.insight.statistics.ServerStatistics.Statement;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import dev.scaling.insight.statistics.StatisticsHistory.NodeStatistics;
import dev.scaling.routing.RoutingReason;
import org.jspecify.annotations.Nullable;

/**
 * High read load, and replicas that do not help as they could.
 */
final class ReadRules implements Rule {

	/**
	 * How many blocks make a share of them worth looking at: 80 MB.
	 */
	private static final long NOTABLE_BLOCKS = 10_000;

	/**
	 * How many rows a result has at most that a cache would hold.
	 */
	private static final long CACHED_ROWS = 100;

	/**
	 * How many times more often data has to be read than written to be worth a cache.
	 */
	private static final long CACHED_READS = 100;

	@Override
	public List<Finding> find(Subject subject) {
		List<Finding> findings = new ArrayList<>();
		boolean loaded = false;
		NodeStatistics primary = subject.primary();
		if (primary != null) {
			Finding load = primaryLoad(subject, primary);
			if (load != null) {
				findings.add(load);
				loaded = true;
			}
			add(findings, cache(subject, primary, loaded));
		}
		add(findings, replicaLoad(subject));
		add(findings, replicaLag(subject));
		add(findings, cacheHitRatio(subject));
		add(findings, methods(subject));
		return findings;
	}

	private static void add(List<Finding> findings, @Nullable Finding finding) {
		if (finding != null) {
			findings.add(finding);
		}
	}

	private static @Nullable Finding primaryLoad(Subject subject, NodeStatistics primary) {
		Load load = subject.load(primary, true);
		if (load.reads() < subject.limits().busy()) {
			return null;
		}
		List<String> evidence = new ArrayList<>();
		evidence.add(busy(subject, primary, load));
		evidence.add("reads: %s of that (from %s on replicas help, from %s on most)".formatted(
				Subject.percent(load.readShare()), Subject.percent(subject.limits().readShare()),
				Subject.percent(subject.limits().highReadShare())));
		boolean acceptable = isLagAcceptable(subject);
		boolean exhausted = Boolean.TRUE.equals(subject.limits().scaleUpExhausted());
		Remedy remedy = acceptable ? Remedy.REPLICATE : exhausted ? Remedy.SHARD : Remedy.SCALE_UP;
		List<String> next = new ArrayList<>();
		if (acceptable) {
			evidence.addAll(reasons(subject));
			next.addAll(replicaSteps(subject));
		}
		else {
			next.add("Set 'scaling.advisor.acceptable-lag' to 1s if the application can live with that: its own writes"
					+ " are read by a session at any lag");
		}
		Confidence confidence = !load.isProfiled() ? Confidence.LOW
				: (load.readShare() >= subject.limits().readShare()) ? Confidence.HIGH : Confidence.MEDIUM;
		return new Finding("read-load", subject.cluster(), Bottleneck.READ_LOAD, remedy,
				(load.reads() >= 2 * subject.limits().busy() || load.readShare() >= subject.limits().highReadShare())
						? Severity.HIGH : Severity.MEDIUM,
				subject.confidence(confidence), "Reads keep the primary busy", evidence, path(subject),
				acceptable
						? subject.isReplicated() ? "Let more of the reads go to the replicas that are there, or add one"
								: "Add a read replica: read-only transactions go there, and sessions read their own"
										+ " writes"
						: "No replica is current enough for a lag of " + Window.describe(subject.limits().lag())
								+ (exhausted ? ": spread the data over several primaries" : ": get a larger server"),
				next);
	}

	private static String busy(Subject subject, NodeStatistics node, Load load) {
		return "%s: %s reads and %s writes at the same time %s (a saturated server has %s or more)".formatted(
				node.latest().node(), Subject.number(load.reads()), Subject.number(load.writes()), load.describe(),
				Subject.number(subject.limits().busy()));
	}

	private static boolean isLagAcceptable(Subject subject) {
		return subject.limits().lag().compareTo(Duration.ZERO) > 0;
	}

	private static List<Step> path(Subject subject) {
		Duration lag = subject.limits().acceptableLag();
		String answer = (lag != null) ? (lag.isZero() || lag.isNegative()) ? "no" : "yes" : "not said, assumed";
		return subject.path(Bottleneck.READ_LOAD, new Step(
				"Is a replica lag of up to " + Window.describe(subject.limits().lag()) + " acceptable?", answer));
	}

	/**
	 * Why reads went to the primary although there are replicas.
	 */
	private static List<String> reasons(Subject subject) {
		List<String> reasons = new ArrayList<>();
		for (Pool pool : subject.evidence().pools()) {
			if (!pool.primary() || !subject.isReplicated()) {
				continue;
			}
			pool.decisions()
				.entrySet()
				.stream()
				.filter((entry) -> entry.getValue() > 0 && entry.getKey() != RoutingReason.READ_WRITE
						&& (entry.getKey().access() == Access.READ
								|| entry.getKey() == RoutingReason.NON_TRANSACTIONAL))
				.sorted(Map.Entry.<RoutingReason, Long>comparingByValue().reversed())
				.limit(3)
				.forEach((entry) -> reasons.add("%s: chosen %d times by this instance because of %s"
					.formatted(pool.node(), entry.getValue(), entry.getKey().tag())));
		}
		return reasons;
	}

	private static List<String> replicaSteps(Subject subject) {
		List<String> next = new ArrayList<>();
		if (!subject.isReplicated()) {
			next.add("Set 'scaling.replicas.replica-1.url' to a streaming replica of the primary");
		}
		if (methodSteps(subject).isEmpty()) {
			next.add("Annotate what only reads with @Transactional(readOnly = true)");
		}
		next.addAll(methodSteps(subject));
		return next;
	}

	private static List<String> methodSteps(Subject subject) {
		return subject.evidence()
			.methods()
			.stream()
			.sorted(Comparator.comparingLong(Method::transactions).reversed().thenComparing(Method::name))
			.limit(Subject.EXAMPLES)
			.map((method) -> method.name() + ": add @Transactional(readOnly = true) if it only reads, as its name says")
			.toList();
	}

	private static @Nullable Finding methods(Subject subject) {
		List<String> next = methodSteps(subject);
		if (next.isEmpty() || !subject.isReplicated()) {
			return null;
		}
		long transactions = subject.evidence().methods().stream().mapToLong(Method::transactions).sum();
		return new Finding("read-write-reads", subject.cluster(), Bottleneck.READ_LOAD, Remedy.REPLICATE, Severity.LOW,
				Confidence.LOW, "Methods that seem to read only use the primary",
				List.of("%d transactions of %d methods among the last decisions".formatted(transactions,
						subject.evidence().methods().size())),
				path(subject), "Let them go to replicas", next);
	}

	private static @Nullable Finding replicaLoad(Subject subject) {
		List<String> evidence = new ArrayList<>();
		boolean profiled = true;
		for (NodeStatistics replica : subject.replicas()) {
			Load load = subject.load(replica, true);
			if (load.reads() + load.writes() >= subject.limits().busy()) {
				profiled &= load.isProfiled();
				evidence.add(busy(subject, replica, load));
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		return new Finding("replica-load", subject.cluster(), Bottleneck.READ_LOAD, Remedy.REPLICATE, Severity.MEDIUM,
				subject.confidence(profiled ? Confidence.HIGH : Confidence.LOW), "Reads keep replicas busy", evidence,
				path(subject), "Add a replica: reads go to the one with the least to do",
				List.of("Set 'scaling.replicas.replica-" + (subject.replicas().size() + 1)
						+ ".url' to another streaming replica of the primary"));
	}

	private static @Nullable Finding replicaLag(Subject subject) {
		List<String> evidence = new ArrayList<>();
		Duration acceptable = subject.limits().lag();
		for (Pool pool : subject.evidence().pools()) {
			if (pool.lag() != null && pool.lag().compareTo(acceptable) > 0) {
				evidence.add("%s: %s behind, acceptable are %s".formatted(pool.node(), Window.describe(pool.lag()),
						Window.describe(acceptable)));
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		NodeStatistics primary = subject.primary();
		if (primary != null) {
			primary.latest()
				.standbys()
				.stream()
				.limit(Subject.EXAMPLES)
				.forEach((standby) -> evidence.add("%s (%s): %s not replayed".formatted(standby.name(), standby.state(),
						Subject.bytes(standby.lagBytes()))));
		}
		return new Finding("replica-lag", subject.cluster(), Bottleneck.READ_LOAD, Remedy.REPLICATE, Severity.MEDIUM,
				Confidence.MEDIUM, "Replicas are further behind than the application accepts", evidence, path(subject),
				"Find out what replay waits for: long reads on the replica, its storage, or more WAL than it can replay",
				List.of("On the replica: SELECT * FROM pg_stat_database_conflicts, and its max_standby_streaming_delay",
						"'scaling.routing.max-lag' is the lag from which on a replica is given no reads"));
	}

	private static @Nullable Finding cacheHitRatio(Subject subject) {
		List<String> evidence = new ArrayList<>();
		List<String> next = new ArrayList<>();
		boolean scanned = false;
		for (NodeStatistics node : subject.evidence().nodes()) {
			Window window = Window.whole(node);
			Blocks blocks = new Blocks(window.growth((statistics) -> statistics.blocks().hit()),
					window.growth((statistics) -> statistics.blocks().read()));
			if (blocks.hit() + blocks.read() >= NOTABLE_BLOCKS
					&& blocks.hitRatio() < subject.limits().cacheHitRatio()) {
				ServerStatistics latest = node.latest();
				scanned |= window.isMeasured();
				evidence.add("%s: %s of %d blocks were in the cache %s (should be %s); database of %s, %s".formatted(
						latest.node(), Subject.percent(blocks.hitRatio()), blocks.hit() + blocks.read(),
						window.describe(), Subject.percent(subject.limits().cacheHitRatio()),
						Subject.bytes(latest.database().size()), Subject.setting(latest, "shared_buffers")));
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		next.add("Index what is scanned first: a scan fills the cache with rows that nobody wants");
		next.add("ALTER SYSTEM SET shared_buffers to a quarter of the server's memory, and restart it");
		next.add("If the tables in use are larger than the memory: more memory");
		return new Finding("cache-hit-ratio", subject.cluster(), Bottleneck.READ_LOAD, Remedy.TUNE, Severity.MEDIUM,
				subject.confidence(scanned ? Confidence.MEDIUM : Confidence.LOW), "Reads miss PostgreSQL's cache",
				evidence, subject.path(Bottleneck.READ_LOAD),
				"Give the server more memory for what it reads, or let it read less", next);
	}

	private static @Nullable Finding cache(Subject subject, NodeStatistics primary, boolean loaded) {
		ServerStatistics.Statements statements = primary.latest().statements();
		if (statements == null) {
			return null;
		}
		List<String> evidence = new ArrayList<>();
		List<String> next = new ArrayList<>();
		for (NodeStatistics node : subject.evidence().nodes()) {
			ServerStatistics.Statements ofNode = node.latest().statements();
			Window window = Window.whole(node);
			if (ofNode == null || !window.isMeasured()) {
				continue;
			}
			for (Statement statement : ofNode.byTotalTime()) {
				Work work = window.work(statement);
				if (evidence.size() < Subject.EXAMPLES && SqlShape.isWork(statement.sql())
						&& SqlShape.isRead(statement.sql()) && work.walBytes() == 0
						&& work.calls() / window.seconds() >= subject.limits().cacheCalls()
						&& work.rows() <= work.calls() * CACHED_ROWS
						&& isRarelyWritten(subject, primary, statement, work)) {
					evidence.add("%s: %s calls in a second, %d rows each, of rows that hardly change, %s: %s".formatted(
							node.latest().node(), Subject.number(work.calls() / window.seconds()),
							work.rows() / work.calls(), window.describe(), SqlShape.shorten(statement.sql())));
					next.add("@Cacheable on the method that executes: " + SqlShape.shorten(statement.sql()));
				}
			}
		}
		if (evidence.isEmpty()) {
			return null;
		}
		return new Finding("cache-candidates", subject.cluster(), Bottleneck.READ_LOAD, Remedy.CACHE,
				loaded ? Severity.MEDIUM : Severity.LOW, subject.confidence(Confidence.MEDIUM),
				"The same rows are read again and again", evidence, subject.path(Bottleneck.READ_LOAD),
				"Remember them in the application, for as long as they may be old", next);
	}

	/**
	 * Whether the tables that a statement mentions are known, and hardly written.
	 */
	private static boolean isRarelyWritten(Subject subject, NodeStatistics primary, Statement statement, Work work) {
		Window window = Window.whole(primary);
		boolean known = false;
		for (Table table : subject.tables()) {
			if (SqlShape.mentions(statement.sql(), table.name())) {
				known = true;
				Change change = window.change(table);
				if (change.writes() * CACHED_READS > work.calls()) {
					return false;
				}
			}
		}
		return known;
	}

}
