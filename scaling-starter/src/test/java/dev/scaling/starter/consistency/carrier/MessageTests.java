package dev.scaling.starter.consistency.carrier;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.starter.consistency.SharedCluster;
import dev.scaling.starter.consistency.Sql;
import dev.scaling.test.PostgresCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for messages that take the token of their sender along, while the replicas are
 * late.
 */
class MessageTests {

	private static final int ROUNDS = 200;

	private static PostgresCluster cluster;

	private static ClusterApplication sender;

	private static ClusterApplication receiver;

	@BeforeAll
	static void start() {
		cluster = SharedCluster.repaired();
		Sql.execute(cluster.primary(), "DROP TABLE IF EXISTS message", "CREATE TABLE message (number int PRIMARY KEY)");
		cluster.awaitReplication();
		sender = ClusterApplication.start(cluster);
		receiver = ClusterApplication.start(cluster);
		cluster.replicas().forEach((replica) -> replica.replayDelay(Duration.ofMillis(200)));
	}

	@AfterAll
	static void stop() {
		sender.close();
		receiver.close();
		cluster.repair();
	}

	@Test
	void receiverSeesWhatTheSenderHasWritten() throws Exception {
		assertThat(unseen((token) -> ConsistencySession.open(ConsistencyToken.parse(token)), 0)).isZero();
	}

	/**
	 * What the other test looks for is there if the token stays behind.
	 */
	@Test
	void receiverWithoutTheTokenReadsWhatWasBefore() throws Exception {
		assertThat(unseen((token) -> ConsistencySession.open(), 10_000)).isPositive();
	}

	private static int unseen(Function<String, ConsistencySession> opener, int first) throws Exception {
		BlockingQueue<Message> queue = new ArrayBlockingQueue<>(ROUNDS);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			Future<?> sent = threads.submit(() -> ConsistencySession.open().run(() -> {
				for (int number = first; number < first + ROUNDS; number++) {
					sender.write("INSERT INTO message VALUES (" + number + ")");
					queue.add(new Message(number, ConsistencySession.current().token().toString()));
				}
			}));
			Future<Integer> received = threads.submit(() -> {
				int unseen = 0;
				for (int i = 0; i < ROUNDS; i++) {
					Message message = queue.poll(20, TimeUnit.SECONDS);
					long found = opener.apply(message.token())
						.call(() -> receiver.read("SELECT count(*) FROM message WHERE number = " + message.number()));
					unseen += (int) (1 - found);
				}
				return unseen;
			});
			sent.get(1, TimeUnit.MINUTES);
			return received.get(1, TimeUnit.MINUTES);
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * A message.
	 *
	 * @param number what has been written
	 * @param token the token of the sender
	 */
	private record Message(int number, String token) {

	}

}
