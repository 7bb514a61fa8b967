package dev.scaling.actuate.endpoint;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.scaling.insight.advisor.Advice;
import dev.scaling.insight.advisor.Bottleneck;
import dev.scaling.insight.advisor.Finding;
import dev.scaling.insight.advisor.Remedy;
import dev.scaling.insight.advisor.ScalingAdvisor;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;

/**
 * {@link Endpoint @Endpoint} that shows what holds the database back, and what to do
 * about it.
 *
 * @since 0.1.0
 */
@Endpoint(id = "scalingadvisor")
@RegisterReflectionForBinding(ScalingAdvisorEndpoint.AdviceDescriptor.class)
public final class ScalingAdvisorEndpoint {

	private final ScalingAdvisor advisor;

	/**
	 * Creates the endpoint.
	 * @param advisor gives the advice
	 */
	public ScalingAdvisorEndpoint(ScalingAdvisor advisor) {
		this.advisor = advisor;
	}

	/**
	 * The advice at this moment, for the web as JSON or as text.
	 * @param format what the client accepts, or {@code null} if it is none of the web
	 * @return a {@link WebEndpointResponse} in that format, or the description without
	 * one
	 */
	@ReadOperation(producesFrom = AdviceFormat.class)
	public Object advice(@Nullable AdviceFormat format) {
		if (format == null) {
			return advice();
		}
		return (format != AdviceFormat.TEXT) ? new WebEndpointResponse<>(advice(), format)
				: new WebEndpointResponse<>(AdviceText.of(advice()), format);
	}

	AdviceDescriptor advice() {
		return describe(this.advisor.advice());
	}

	private static AdviceDescriptor describe(Advice advice) {
		Bottleneck bottleneck = advice.bottleneck();
		Map<String, Integer> counts = new TreeMap<>();
		advice.findings().forEach((finding) -> counts.merge(finding.bottleneck().tag(), 1, Integer::sum));
		return new AdviceDescriptor(advice.verdict(), (bottleneck != null) ? bottleneck.tag() : null, advice.window(),
				advice.path().stream().map(ScalingAdvisorEndpoint::describe).toList(),
				advice.findings().stream().map(ScalingAdvisorEndpoint::describe).toList(), counts,
				advice.questions()
					.stream()
					.map((question) -> new QuestionDescriptor(question.question(), question.property(),
							question.assumed()))
					.toList(),
				advice.notes());
	}

	private static StepDescriptor describe(Finding.Step step) {
		return new StepDescriptor(step.question(), step.answer());
	}

	private static FindingDescriptor describe(Finding finding) {
		Remedy remedy = finding.remedy();
		return new FindingDescriptor(finding.id(), finding.cluster(), finding.bottleneck().tag(), remedy.tag(),
				finding.severity().tag(), finding.confidence().tag(), finding.title(), finding.evidence(),
				finding.path().stream().map(ScalingAdvisorEndpoint::describe).toList(), finding.recommendation(),
				finding.next(),
				new ComparisonDescriptor(remedy.solves(), remedy.complexity(), remedy.consistency(), remedy.cost()),
				remedy.documentation());
	}

	/**
	 * A format of the advice.
	 */
	public enum AdviceFormat implements Producible<AdviceFormat> {

		/**
		 * Text to read.
		 */
		TEXT("text/plain;charset=UTF-8"),

		/**
		 * JSON.
		 */
		JSON("application/json"),

		/**
		 * JSON by the name that Actuator gives it.
		 */
		ACTUATOR_JSON(ApiVersion.V3.getProducedMimeType().toString());

		private final MimeType type;

		AdviceFormat(String type) {
			this.type = MimeType.valueOf(type);
		}

		@Override
		public MimeType getProducedMimeType() {
			return this.type;
		}

		@Override
		public boolean isDefault() {
			return this == ACTUATOR_JSON;
		}

	}

	/**
	 * Description of an advice.
	 *
	 * @param verdict the answer in one sentence
	 * @param bottleneck what to do something about first, such as {@code read-load}, or
	 * {@code null} if there is none
	 * @param window which time the advice rests on
	 * @param path the way through the flowchart
	 * @param findings what was found, in the order in which to do something about it
	 * @param counts the number of findings by bottleneck
	 * @param questions what only the operator can answer
	 * @param notes what the advice could not rest on
	 */
	public record AdviceDescriptor(String verdict, @Nullable String bottleneck, String window,
			List<StepDescriptor> path, List<FindingDescriptor> findings, Map<String, Integer> counts,
			List<QuestionDescriptor> questions, List<String> notes) implements OperationResponseBody {

	}

	/**
	 * Description of a question of the flowchart.
	 *
	 * @param question the question
	 * @param answer the answer
	 */
	public record StepDescriptor(String question, String answer) {

	}

	/**
	 * Description of a finding.
	 *
	 * @param id what kind of finding it is, such as {@code sequential-scans}
	 * @param cluster the name of the cluster
	 * @param bottleneck what it belongs to, such as {@code slow-queries}
	 * @param remedy what helps, such as {@code tune}
	 * @param severity {@code low}, {@code medium} or {@code high}
	 * @param confidence {@code low}, {@code medium} or {@code high}
	 * @param title the finding in one sentence
	 * @param evidence the numbers that it rests on
	 * @param path the way through the flowchart that has led to it
	 * @param recommendation what to do
	 * @param next the next steps
	 * @param comparison what the remedy solves and costs
	 * @param documentation the page that explains the remedy
	 */
	public record FindingDescriptor(String id, String cluster, String bottleneck, String remedy, String severity,
			String confidence, String title, List<String> evidence, List<StepDescriptor> path, String recommendation,
			List<String> next, ComparisonDescriptor comparison, String documentation) {

	}

	/**
	 * Description of a remedy beside the others.
	 *
	 * @param solves what it solves
	 * @param complexity how complex it makes the operation
	 * @param consistency which consistency is left
	 * @param cost what it costs
	 */
	public record ComparisonDescriptor(String solves, String complexity, String consistency, String cost) {

	}

	/**
	 * Description of something that no query can answer.
	 *
	 * @param question the question
	 * @param property the property that answers it
	 * @param assumed what is assumed until then
	 */
	public record QuestionDescriptor(String question, String property, String assumed) {

	}

}
