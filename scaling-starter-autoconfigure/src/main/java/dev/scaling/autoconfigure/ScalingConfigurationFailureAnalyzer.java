package dev.scaling.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@link ScalingConfigurationException}.
 */
final class ScalingConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ScalingConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ScalingConfigurationException cause) {
		return new FailureAnalysis(cause.description(), cause.action(), cause);
	}

}
