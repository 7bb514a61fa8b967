package dev.scaling.autoconfigure;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Conditional;

/**
 * Matches where the configuration names a node, or says something about the primary that
 * the application has anyway.
 */
class OnScalingCondition extends AnyNestedCondition {

	OnScalingCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@Conditional(OnSettingsCondition.class)
	static class Settings {

	}

	@Conditional(OnReplicasPropertyCondition.class)
	static class Replicas {

	}

	@Conditional(OnShardsPropertyCondition.class)
	static class Shards {

	}

	@ConditionalOnBooleanProperty("scaling.routing.without-replicas")
	static class WithoutReplicas {

	}

	@ConditionalOnBean(ScalingConnectionDetails.class)
	static class Details {

	}

}
