package dev.scaling.autoconfigure;

import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where the configuration lists replicas.
 */
class OnReplicasPropertyCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Scaling replicas");
		Map<String, Object> replicas = Binder.get(context.getEnvironment())
			.bind("scaling.replicas", Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of);
		return replicas.isEmpty() ? ConditionOutcome.noMatch(message.didNotFind("replica").atAll())
				: ConditionOutcome.match(message.found("replica", "replicas").items(replicas.keySet()));
	}

}
