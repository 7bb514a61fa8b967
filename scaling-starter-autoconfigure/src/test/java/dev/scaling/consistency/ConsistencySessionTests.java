package dev.scaling.consistency;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a {@link ConsistencySession} takes from tokens and gives to them.
 */
class ConsistencySessionTests {

	private final StubCluster main = new StubCluster("main", 7_612_345_678_901_234_567L);

	@AfterEach
	void forgetThreadsSession() {
		ConsistencySession.set(null);
	}

	@Test
	void sessionThatHasDoneNothingHasNoToken() {
		ConsistencySession session = carried();
		assertThat(session.token()).isSameAs(ConsistencyToken.EMPTY);
		session.position(this.main);
		assertThat(session.token()).isSameAs(ConsistencyToken.EMPTY);
		assertThat(session.hasWritten()).isFalse();
	}

	@Test
	void exactPositionIsInTheToken() {
		ConsistencySession session = carried();
		SessionWork.write(session.position(this.main), 1234, 1);
		assertThat(session.token(false).positions()).containsExactly(position(this.main, 1234));
		assertThat(session.token(false).isExact()).isTrue();
		assertThat(this.main.questions()).isZero();
	}

	@Test
	void unknownPositionIsAskedOnce() {
		ConsistencySession session = carried();
		this.main.position(2000);
		SessionWork.write(session.position(this.main));
		assertThat(session.token(false).isExact()).isFalse();
		assertThat(session.token().positions()).containsExactly(position(this.main, 2000));
		assertThat(session.token(false).positions()).containsExactly(position(this.main, 2000));
		assertThat(session.token().isExact()).isTrue();
		assertThat(this.main.questions()).isOne();
	}

	@Test
	void answerDoesNotCoverWhatIsWrittenWhileThePrimaryIsAsked() {
		ConsistencySession session = carried();
		StubCluster cluster = new StubCluster("main", 1) {

			@Override
			public long currentInsertPosition() {
				SessionWork.write(session.position(this));
				return 2000;
			}

		};
		SessionWork.write(session.position(cluster));
		session.token();
		assertThat(session.token(false).isExact()).isFalse();
	}

	@Test
	void probeAfterTheWriteMakesThePositionKnown() {
		ConsistencySession session = carried();
		SessionWork.write(session.position(this.main));
		this.main.position(3000);
		this.main.probe();
		assertThat(session.token().positions()).containsExactly(position(this.main, 3000));
		assertThat(this.main.questions()).isZero();
	}

	@Test
	void primaryThatDoesNotAnswerLeavesThePositionUnknown() {
		ConsistencySession session = carried();
		SessionWork.write(session.position(this.main));
		this.main.silence();
		assertThat(session.token().positions()).containsExactly(ConsistencyToken.Position.unknown(this.main));
	}

	@Test
	void sessionGoesOnWhereATokenWas() {
		ConsistencySession session = carried();
		session.apply(ConsistencyToken.of(Instant.now(), List.of(position(this.main, 900))));
		assertThat(session.hasWritten()).isTrue();
		assertThat(session.hasWrittenItself()).isFalse();
		assertThat(session.position(this.main).isUnbound()).isFalse();
		assertThat(session.token().positions()).containsExactly(position(this.main, 900));
	}

	@Test
	void expiredTokenSaysNothing() {
		ConsistencySession session = carried();
		session.apply(ConsistencyToken.of(Instant.now().minusSeconds(31), List.of(position(this.main, 900))));
		assertThat(session.hasWritten()).isFalse();
		assertThat(session.position(this.main).isUnbound()).isTrue();
		assertThat(session.token()).isSameAs(ConsistencyToken.EMPTY);
	}

	@Test
	void tokenFromTheFutureCounts() {
		ConsistencySession session = carried();
		session.apply(ConsistencyToken.of(Instant.now().plusSeconds(3600), List.of(position(this.main, 900))));
		assertThat(session.hasWritten()).isTrue();
	}

	@Test
	void positionOfAnotherSystemIsPassedOnAndMeansNothing() {
		StubCluster foreign = new StubCluster("main", 4711);
		ConsistencySession session = carried();
		session.apply(ConsistencyToken.of(Instant.now(), List.of(position(foreign, 999_999))));
		assertThat(session.hasWritten()).isFalse();
		assertThat(session.position(this.main).isUnbound()).isTrue();
		SessionWork.write(session.position(this.main), 1234, 1);
		assertThat(session.token().positions()).containsExactly(position(this.main, 1234), position(foreign, 999_999));
	}

	@Test
	void unknownPositionOfAnotherSystemIsPassedOn() {
		StubCluster foreign = new StubCluster("main", 4711);
		ConsistencySession session = carried();
		session.apply(ConsistencyToken.of(Instant.now(), List.of(ConsistencyToken.Position.unknown(foreign))));
		SessionWork.write(session.position(this.main), 1234, 1);
		assertThat(session.token().positions()).containsExactly(position(this.main, 1234),
				ConsistencyToken.Position.unknown(foreign));
	}

	@Test
	void nameDecidesWhereASystemIsUnknown() {
		ConsistencySession session = carried();
		session.apply(ConsistencyToken
			.parse(ConsistencyToken.of(Instant.now(), List.of(new ConsistencyToken.Position("main", 0, 1, 900)))
				.toString()));
		assertThat(session.position(this.main).isUnbound()).isFalse();
	}

	@Test
	void positionBeyondThePrimaryIsBoundedByTheNextProbe() {
		ConsistencySession session = carried();
		session.apply(ConsistencyToken.of(Instant.now(), List.of(position(this.main, Long.MAX_VALUE))));
		session.position(this.main);
		this.main.probe();
		assertThat(session.token().positions()).containsExactly(position(this.main, 1000));
	}

	@Test
	void unknownTokenAppliesToEachCluster() {
		StubCluster shard = new StubCluster("shard-1", 4711);
		ConsistencySession session = ConsistencySession.openCarried(() -> List.of(this.main, shard));
		session.apply(ConsistencyToken.unknown());
		SessionWork.write(session.position(this.main), 1234, 1);
		assertThat(session.position(shard).isUnbound()).isFalse();
	}

	@Test
	void unknownTokenIsPassedOnForClustersThatWereNotUsed() {
		StubCluster shard = new StubCluster("shard-1", 4711);
		ConsistencySession session = ConsistencySession.openCarried(() -> List.of(this.main, shard));
		session.apply(ConsistencyToken.unknown());
		SessionWork.write(session.position(this.main), 1234, 1);
		this.main.probe();
		assertThat(session.token().positions()).containsExactly(position(this.main, 1234),
				ConsistencyToken.Position.unknown(shard));
	}

	@Test
	void writeElsewhereIsAWriteToEachCluster() {
		ConsistencySession session = carried();
		session.markWrite();
		assertThat(session.hasWrittenItself()).isTrue();
		this.main.position(2000);
		assertThat(session.token().positions()).containsExactly(position(this.main, 2000));
		ConsistencySession other = ConsistencySession.open();
		other.markWrite();
		assertThat(other.token().positions()).containsExactly(ConsistencyToken.Position.all());
	}

	@Test
	void messageCarriesThePositionToAnotherProcess() {
		this.main.position(2000);
		this.main.probe();
		SessionWork.write(ConsistencySession.current().position(this.main), 1500, 1);
		String header = ConsistencySession.current().token().toString();
		ConsistencySession.open(ConsistencyToken.parse(header)).run(() -> {
			SessionPosition position = ConsistencySession.current().position(this.main);
			assertThat(this.main.covers(position, 1499)).isFalse();
			assertThat(this.main.covers(position, 1500)).isTrue();
		});
	}

	@Test
	void exactReadOfAReplicaIsInTheToken() {
		ConsistencySession session = carried();
		SessionWork.write(session.position(this.main), 1234, 1);
		SessionWork.readReplica(session.position(this.main),
				new ReadFloor(StubCluster.REPLICA, this.main.epoch(), 1300));
		assertThat(session.token().positions()).containsExactly(position(this.main, 1300));
		assertThat(this.main.questions()).isZero();
	}

	@Test
	void readOfAReplicaWithoutAPositionIsAsked() {
		ConsistencySession session = carried();
		SessionWork.write(session.position(this.main), 1234, 1);
		this.main.position(2000);
		SessionWork.readReplica(session.position(this.main), new ReadFloor(StubCluster.REPLICA, this.main.epoch()));
		assertThat(session.token(false).isExact()).isFalse();
		assertThat(session.token().positions()).containsExactly(position(this.main, 2000));
		assertThat(session.token(false).isExact()).isTrue();
	}

	@Test
	void workThatHasNotEndedIsNotCoveredByAnAnswer() {
		ConsistencySession session = carried();
		session.position(this.main).beginPrimary(true);
		session.token();
		session.position(this.main).endWrite();
		assertThat(session.token(false).isExact()).isFalse();
		assertThat(this.main.questions()).isOne();
	}

	private ConsistencySession carried() {
		return ConsistencySession.openCarried(() -> List.of(this.main));
	}

	private static ConsistencyToken.Position position(StubCluster cluster, long position) {
		return ConsistencyToken.Position.known(cluster, 1, position);
	}

}
