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
 * Matches where the configuration lists shards.
 */
class OnShardsPropertyCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Scaling shards");
		Map<String, Object> shards = Binder.get(context.getEnvironment())
			.bind("scaling.shards", Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of);
		return shards.isEmpty() ? ConditionOutcome.noMatch(message.didNotFind("shard").atAll())
				: ConditionOutcome.match(message.found("shard", "shards").items(shards.keySet()));
	}

}
