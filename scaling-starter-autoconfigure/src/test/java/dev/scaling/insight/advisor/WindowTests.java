package dev.scaling.insight.advisor;

import java.time.Duration;

import dev.scaling.insight.advisor.Window.Change;
import dev.scaling.insight.advisor.Window.Work;
import dev.scaling.insight.statistics.ServerStatistics;
import dev.scaling.insight.statistics.ServerStatistics.Blocks;
import dev.scaling.insight.statistics.ServerStatistics.Statement;
import dev.scaling.insight.statistics.ServerStatistics.Table;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Window}.
 */
class WindowTests {

	@Test
	void whatIsNewInAShortListBeganAtZero() {
		Table table = table("new", 1000, 50);
		assertThat(window(9).change(table).sequentialRows()).isEqualTo(1000);
		assertThat(window(9).work(statement("new", 1000)).calls()).isEqualTo(1000);
	}

	@Test
	void whatIsNewInAFullListHadLessThanItsLast() {
		Change change = window(10).change(table("new", 1000, 50));
		assertThat(change.sequentialRows()).isEqualTo(900);
		assertThat(change.sequentialScans()).isEqualTo(900);
		assertThat(change.inserted()).isZero();
		Work work = window(10).work(statement("new", 1000));
		assertThat(work.calls()).isEqualTo(900);
		assertThat(work.mean()).isEqualTo(Duration.ofMillis(1));
		assertThat(window(10).work(statement("new", 90)).calls()).isZero();
	}

	@Test
	void whatWasListedGrewByTheDifference() {
		assertThat(window(10).change(table("t3", 500, 0)).sequentialRows()).isEqualTo(400);
		assertThat(window(10).work(statement("SELECT 3", 3, 500)).calls()).isEqualTo(400);
	}

	@Test
	void loadIsUnknownAfterOneLook() {
		Server server = Server.primary();
		server.lookedAtOnce = true;
		Window window = Window.recent(server.statistics());
		assertThat(window.rate((statistics) -> 17)).isZero();
		assertThat(window.isMeasured()).isFalse();
		assertThat(window.describe()).isEqualTo("within 30 h, since the statistics were reset");
	}

	private static Window window(int listed) {
		Server server = Server.primary();
		server.length = Duration.ofHours(1);
		server.lookedAtOnce = true;
		for (int i = 0; i < listed; i++) {
			server.tables.add(table("t" + i, 100, 100));
			server.statements.add(statement("SELECT " + i, i, 100));
		}
		ServerStatistics first = server.statistics().latest();
		server.length = Duration.ofHours(2);
		return new Window(first, server.statistics().latest());
	}

	private static Table table(String name, long scans, long inserted) {
		return new Table(name, scans, scans, 0, inserted, 0, 0, 0, 0, 0, 0, 0, null, null, false);
	}

	private static Statement statement(String sql, long calls) {
		return statement(sql, 1000, calls);
	}

	private static Statement statement(String sql, long id, long calls) {
		return new Statement(id, sql, calls, Duration.ofMillis(calls), Duration.ofMillis(1), calls, new Blocks(0, 0),
				0);
	}

}
