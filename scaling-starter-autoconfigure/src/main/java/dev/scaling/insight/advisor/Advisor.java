package dev.scaling.insight.advisor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.scaling.insight.RepeatedQuery;
import dev.scaling.insight.advisor.Advice.Question;
import dev.scaling.insight.advisor.Evidence.Budget;
import dev.scaling.insight.advisor.Evidence.HotSpot;
import dev.scaling.insight.advisor.Evidence.Method;
import dev.scaling.insight.advisor.Evidence.Pool;
import dev.scaling.insight.advisor.Evidence.Pooler;
import dev.scaling.insight.advisor.Finding.Step;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the flowchart of scaling decisions: what the bottleneck is, and what is
 * the least that helps. It calculates, and asks nobody. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Advisor {

	/**
	 * How many findings an advice has at most: {@value}.
	 */
	static final int MAXIMUM_FINDINGS = 200;

	private static final Comparator<Finding> ORDER = Comparator
		.comparing((Finding finding) -> finding.severity() == Severity.LOW)
		.thenComparing(Finding::remedy)
		.thenComparing(Finding::severity, Comparator.reverseOrder())
		.thenComparing(Finding::bottleneck)
		.thenComparing(Finding::cluster);

	private final List<Rule> rules = List.of(new TuningRules(), new ConnectionRules(), new ReadRules(),
			new WriteRules());

	private final Thresholds thresholds;

	/**
	 * Creates an advisor.
	 * @param thresholds from where on something is found
	 */
	public Advisor(Thresholds thresholds) {
		this.thresholds = thresholds;
	}

	/**
	 * Judges.
	 * @param evidence what is known
	 * @return the advice, never {@code null}
	 */
	public Advice advise(Evidence evidence) {
		List<Subject> subjects = clusters(evidence).stream()
			.map((cluster) -> new Subject(cluster, of(evidence, cluster), this.thresholds))
			.toList();
		List<Finding> findings = subjects.stream()
			.flatMap((subject) -> this.rules.stream().flatMap((rule) -> rule.find(subject).stream()))
			.sorted(ORDER)
			.limit(MAXIMUM_FINDINGS)
			.toList();
		Finding first = findings.stream()
			.filter((finding) -> finding.severity() != Severity.LOW)
			.findFirst()
			.orElse(null);
		return new Advice(verdict(evidence, findings, first), (first != null) ? first.bottleneck() : null,
				(first != null) ? first.path() : path(subjects), findings, questions(findings),
				notes(evidence, subjects), window(subjects));
	}

	private static Set<String> clusters(Evidence evidence) {
		Set<String> clusters = new LinkedHashSet<>();
		evidence.nodes().forEach((node) -> clusters.add(node.latest().cluster()));
		evidence.pools().forEach((pool) -> clusters.add(pool.cluster()));
		evidence.budgets().forEach((budget) -> clusters.add(budget.cluster()));
		if (clusters.isEmpty()) {
			clusters.add(Node.MAIN_CLUSTER);
		}
		return clusters;
	}

	/**
	 * What belongs to no cluster is shown with the first one.
	 */
	private static Evidence of(Evidence all, String cluster) {
		boolean first = cluster.equals(clusters(all).iterator().next());
		List<Pooler> poolers = first ? all.poolers() : List.of();
		List<RepeatedQuery> queries = first ? all.repeatedQueries() : List.of();
		List<HotSpot> hotSpots = first ? all.hotSpots() : List.of();
		List<Pool> pools = all.pools().stream().filter((pool) -> pool.cluster().equals(cluster)).toList();
		List<Budget> budgets = all.budgets().stream().filter((budget) -> budget.cluster().equals(cluster)).toList();
		List<Method> methods = all.methods().stream().filter((method) -> method.cluster().equals(cluster)).toList();
		return new Evidence(all.nodes().stream().filter((node) -> node.latest().cluster().equals(cluster)).toList(),
				pools, budgets, poolers, queries, methods, hotSpots);
	}

	private static String verdict(Evidence evidence, List<Finding> findings, @Nullable Finding first) {
		if (first != null) {
			String bottleneck = first.bottleneck().description();
			return Character.toUpperCase(bottleneck.charAt(0)) + bottleneck.substring(1) + ": "
					+ first.remedy().description() + ((first.remedy() == Remedy.PROFILE) ? "" : " first") + ". "
					+ first.title();
		}
		if (evidence.nodes().isEmpty()) {
			return "not known: there are no statistics of PostgreSQL";
		}
		return "healthy: nothing to do" + (findings.isEmpty() ? "" : " now");
	}

	private static List<Step> path(List<Subject> subjects) {
		Subject worst = subjects.stream().min(Comparator.comparing(Subject::collected)).orElseThrow();
		List<Step> path = new ArrayList<>(worst.path(Bottleneck.NOT_PROFILED).subList(0, 1));
		path.add(new Step("What is the bottleneck?",
				worst.evidence().nodes().isEmpty() ? "not known" : "none was found"));
		return path;
	}

	/**
	 * Asks for what the findings depend on.
	 */
	private List<Question> questions(List<Finding> findings) {
		List<Question> questions = new ArrayList<>();
		if (this.thresholds.processors() == null && has(findings, Bottleneck.READ_LOAD, Bottleneck.WRITE_LOAD)) {
			questions.add(new Question("How many processors has the server?", "scaling.advisor.processors",
					Integer.toString(Thresholds.DEFAULT_PROCESSORS)));
		}
		if (this.thresholds.acceptableLag() == null && has(findings, Bottleneck.READ_LOAD)) {
			questions.add(new Question("How far behind may a replica be for the application?",
					"scaling.advisor.acceptable-lag", Window.describe(Thresholds.DEFAULT_LAG)));
		}
		if (this.thresholds.scaleUpExhausted() == null
				&& findings.stream().anyMatch((finding) -> finding.remedy() == Remedy.SCALE_UP)) {
			questions.add(new Question("Is the server as large as it can be?", "scaling.advisor.scale-up-exhausted",
					"false"));
		}
		if (this.thresholds.storage() == null && has(findings, Bottleneck.STORAGE)) {
			questions.add(
					new Question("How large is the volume of the primary?", "scaling.advisor.storage", "large enough"));
		}
		return questions;
	}

	private static boolean has(List<Finding> findings, Bottleneck... bottlenecks) {
		List<Bottleneck> wanted = List.of(bottlenecks);
		return findings.stream().anyMatch((finding) -> wanted.contains(finding.bottleneck()));
	}

	private List<String> notes(Evidence evidence, List<Subject> subjects) {
		List<String> notes = new ArrayList<>();
		if (evidence.nodes().isEmpty()) {
			notes.add("There are no statistics of PostgreSQL: nothing was collected yet, or"
					+ " 'scaling.insight.statistics.enabled' is false");
		}
		else if (subjects.stream()
			.anyMatch((subject) -> subject.collected().compareTo(this.thresholds.profile()) < 0)) {
			notes.add("Statistics of less than " + Window.describe(this.thresholds.profile())
					+ " lower the confidence: what happens once a day may be missing");
		}
		evidence.nodes()
			.stream()
			.flatMap((node) -> node.latest()
				.missing()
				.stream()
				.map((missing) -> node.latest().node() + ": " + missing.what() + " cannot be read (" + missing.reason()
						+ "): " + missing.cure()))
			.distinct()
			.limit(Subject.EXAMPLES)
			.forEach(notes::add);
		return notes;
	}

	private static String window(List<Subject> subjects) {
		return subjects.stream()
			.map(Subject::evidence)
			.flatMap((evidence) -> evidence.nodes().stream())
			.map(Window::whole)
			.min(Comparator.comparing(Window::length))
			.map(Window::describe)
			.orElse("no statistics");
	}

}
