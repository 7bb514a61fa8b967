package dev.scaling.autoconfigure;

/**
 * Matches where the configuration lists replicas.
 */
class OnReplicasPropertyCondition extends OnNodesPropertyCondition {

	OnReplicasPropertyCondition() {
		super("replica", "replicas");
	}

}
