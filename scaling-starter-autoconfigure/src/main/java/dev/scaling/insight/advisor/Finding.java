package dev.scaling.insight.advisor;

import java.util.List;

/**
 * Something that holds a cluster back, and what to do about it. Immutable.
 *
 * @param id what kind of finding it is, such as {@code sequential-scans}
 * @param cluster the name of the cluster
 * @param bottleneck what it belongs to
 * @param remedy what helps
 * @param severity how much it matters
 * @param confidence how sure it is
 * @param title the finding in one sentence
 * @param evidence the numbers that it rests on
 * @param path the way through the flowchart that has led to it
 * @param recommendation what to do
 * @param next the next steps, such as statements to execute or methods to change
 * @since 0.1.0
 */
public record Finding(String id, String cluster, Bottleneck bottleneck, Remedy remedy, Severity severity,
		Confidence confidence, String title, List<String> evidence, List<Step> path, String recommendation,
		List<String> next) {

	public Finding {
		evidence = List.copyOf(evidence);
		path = List.copyOf(path);
		next = List.copyOf(next);
	}

	/**
	 * A question of the flowchart.
	 *
	 * @param question the question
	 * @param answer the answer
	 */
	public record Step(String question, String answer) {

	}

}
