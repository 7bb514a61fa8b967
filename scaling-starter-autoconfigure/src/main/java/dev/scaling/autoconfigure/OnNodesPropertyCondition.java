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
 * Matches where the configuration lists nodes by name under a property.
 */
abstract class OnNodesPropertyCondition extends SpringBootCondition {

	private final String noun;

	private final String plural;

	OnNodesPropertyCondition(String noun, String plural) {
		this.noun = noun;
		this.plural = plural;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Scaling " + this.plural);
		Map<String, Object> nodes = Binder.get(context.getEnvironment())
			.bind("scaling." + this.plural, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of);
		return nodes.isEmpty() ? ConditionOutcome.noMatch(message.didNotFind(this.noun).atAll())
				: ConditionOutcome.match(message.found(this.noun, this.plural).items(nodes.keySet()));
	}

}
