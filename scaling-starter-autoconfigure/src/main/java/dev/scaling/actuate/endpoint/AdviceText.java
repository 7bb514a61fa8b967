package dev.scaling.actuate.endpoint;

import java.util.List;

import dev.scaling.actuate.endpoint.ScalingAdvisorEndpoint.AdviceDescriptor;
import dev.scaling.actuate.endpoint.ScalingAdvisorEndpoint.FindingDescriptor;
import dev.scaling.actuate.endpoint.ScalingAdvisorEndpoint.StepDescriptor;

/**
 * Advice to read in a terminal.
 */
final class AdviceText {

	private AdviceText() {
	}

	static String of(AdviceDescriptor advice) {
		StringBuilder text = new StringBuilder();
		text.append("Verdict: ").append(advice.verdict()).append('\n');
		text.append("Statistics: ").append(advice.window()).append("\n\n");
		steps(text, advice.path(), "");
		int number = 1;
		for (FindingDescriptor finding : advice.findings()) {
			text.append('\n');
			finding(text, number++, finding);
		}
		if (!advice.questions().isEmpty()) {
			text.append("\nQuestions that no query answers:\n");
			advice.questions()
				.forEach((question) -> text.append("  - ")
					.append(question.question())
					.append(" Set '")
					.append(question.property())
					.append("' (until then: ")
					.append(question.assumed())
					.append(")\n"));
		}
		lines(text, "\nNotes:", advice.notes(), "  - ");
		return text.toString();
	}

	private static void finding(StringBuilder text, int number, FindingDescriptor finding) {
		text.append(number)
			.append(". [")
			.append(finding.remedy())
			.append("] ")
			.append(finding.title())
			.append(" (cluster ")
			.append(finding.cluster())
			.append(", severity ")
			.append(finding.severity())
			.append(", confidence ")
			.append(finding.confidence())
			.append(")\n");
		steps(text, finding.path(), "   ");
		lines(text, "   Evidence:", finding.evidence(), "     - ");
		text.append("   Recommendation: ").append(finding.recommendation()).append('\n');
		lines(text, "   Next:", finding.next(), "     - ");
		text.append("   Solves: ")
			.append(finding.comparison().solves())
			.append(" | complexity: ")
			.append(finding.comparison().complexity())
			.append(" | consistency: ")
			.append(finding.comparison().consistency())
			.append(" | cost: ")
			.append(finding.comparison().cost())
			.append('\n');
		text.append("   See ").append(finding.documentation()).append('\n');
	}

	private static void steps(StringBuilder text, List<StepDescriptor> steps, String indent) {
		for (StepDescriptor step : steps) {
			text.append(indent).append(step.question()).append(" -> ").append(step.answer()).append('\n');
		}
	}

	private static void lines(StringBuilder text, String title, List<String> lines, String prefix) {
		if (!lines.isEmpty()) {
			text.append(title).append('\n');
			lines.forEach((line) -> text.append(prefix).append(line).append('\n'));
		}
	}

}
