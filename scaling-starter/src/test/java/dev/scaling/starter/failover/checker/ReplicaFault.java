package dev.scaling.starter.failover.checker;

import java.time.Duration;

import dev.scaling.test.PostgresNode;

/**
 * What can happen to a replica.
 */
enum ReplicaFault {

	NONE {

		@Override
		void inject(PostgresNode replica) {
		}

		@Override
		void heal(PostgresNode replica) {
		}

	},

	CRASH {

		@Override
		void inject(PostgresNode replica) {
			replica.kill();
		}

		@Override
		void heal(PostgresNode replica) {
			replica.start();
		}

	},

	FREEZE {

		@Override
		void inject(PostgresNode replica) {
			replica.freeze();
		}

		@Override
		void heal(PostgresNode replica) {
			replica.resume();
		}

	},

	CUT_OFF {

		@Override
		void inject(PostgresNode replica) {
			replica.cutOffReplication();
		}

		@Override
		void heal(PostgresNode replica) {
			replica.restoreReplication();
		}

	},

	PAUSE_REPLAY {

		@Override
		void inject(PostgresNode replica) {
			replica.pauseReplay();
		}

		@Override
		void heal(PostgresNode replica) {
			replica.resumeReplay();
		}

	},

	DELAY_REPLAY {

		@Override
		void inject(PostgresNode replica) {
			replica.replayDelay(Duration.ofMillis(400));
		}

		@Override
		void heal(PostgresNode replica) {
			replica.replayDelay(Duration.ZERO);
		}

	};

	abstract void inject(PostgresNode replica);

	abstract void heal(PostgresNode replica);

	/**
	 * Whether it is known what the replica has received.
	 */
	boolean leavesReplicaRunning() {
		return this != CRASH && this != FREEZE;
	}

}
