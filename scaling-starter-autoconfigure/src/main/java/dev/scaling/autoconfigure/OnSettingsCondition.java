package dev.scaling.autoconfigure;

import java.util.List;
import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where the configuration says something that counts for a primary without
 * replicas, too, whoever names it.
 */
class OnSettingsCondition extends SpringBootCondition {

	private static final List<String> GROUPS = List.of("scaling.budget", "scaling.pgbouncer", "scaling.pool",
			"scaling.primary", "scaling.timeouts");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Scaling settings");
		Binder binder = Binder.get(context.getEnvironment());
		List<String> found = GROUPS.stream()
			.filter((group) -> !binder.bind(group, Bindable.mapOf(String.class, Object.class))
				.orElseGet(Map::of)
				.isEmpty())
			.toList();
		return found.isEmpty() ? ConditionOutcome.noMatch(message.didNotFind("group", "groups").items(GROUPS))
				: ConditionOutcome.match(message.found("group", "groups").items(found));
	}

}
