package dev.scaling.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where the configuration lists shards, and nothing names another database.
 */
class OnOnlyShardsCondition extends OnShardsPropertyCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		String url = context.getEnvironment().getProperty("spring.datasource.url");
		return (url != null) ? ConditionOutcome
			.noMatch(ConditionMessage.forCondition("Scaling shards").found("property").items("spring.datasource.url"))
				: super.getMatchOutcome(context, metadata);
	}

}
