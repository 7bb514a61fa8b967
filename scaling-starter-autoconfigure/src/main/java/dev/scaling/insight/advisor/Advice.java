package dev.scaling.insight.advisor;

import java.util.List;

import dev.scaling.insight.advisor.Finding.Step;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link Advisor} has found. Immutable.
 *
 * @param verdict the answer in one sentence
 * @param bottleneck the bottleneck to do something about first, or {@code null} if there
 * is none
 * @param path the way through the flowchart that has led to it
 * @param findings what was found, in the order in which to do something about it; those
 * of low severity at the end
 * @param questions what only the operator can answer, and advice depends on
 * @param notes what advice could not rest on, such as statistics that cannot be read
 * @param window which time it rests on
 * @since 0.1.0
 */
public record Advice(String verdict, @Nullable Bottleneck bottleneck, List<Step> path, List<Finding> findings,
		List<Question> questions, List<String> notes, String window) {

	public Advice {
		path = List.copyOf(path);
		findings = List.copyOf(findings);
		questions = List.copyOf(questions);
		notes = List.copyOf(notes);
	}

	/**
	 * Something that no query can answer.
	 *
	 * @param question the question
	 * @param property the property that answers it
	 * @param assumed what is assumed until then
	 */
	public record Question(String question, String property, String assumed) {

	}

}
