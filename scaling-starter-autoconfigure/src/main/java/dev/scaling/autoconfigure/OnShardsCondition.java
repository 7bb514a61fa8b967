package dev.scaling.autoconfigure;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Conditional;

/**
 * Matches where there may be shards.
 */
class OnShardsCondition extends AnyNestedCondition {

	OnShardsCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@Conditional(OnShardsPropertyCondition.class)
	static class Shards {

	}

	@ConditionalOnBean(ScalingConnectionDetails.class)
	static class Details {

	}

}
