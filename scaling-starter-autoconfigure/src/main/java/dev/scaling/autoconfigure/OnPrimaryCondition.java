package dev.scaling.autoconfigure;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Conditional;

/**
 * Matches where the primary is configured by us.
 */
class OnPrimaryCondition extends AnyNestedCondition {

	OnPrimaryCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnProperty("scaling.primary.url")
	static class PrimaryUrl {

	}

	@Conditional(OnOnlyShardsCondition.class)
	static class OnlyShards {

	}

	@ConditionalOnBean(ScalingConnectionDetails.class)
	static class Details {

	}

}
