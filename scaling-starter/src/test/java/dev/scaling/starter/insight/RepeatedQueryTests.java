package dev.scaling.starter.insight;

import java.util.ArrayList;
import java.util.List;

import dev.scaling.insight.RepeatedQueries;
import dev.scaling.insight.RepeatedQuery;
import dev.scaling.starter.consistency.ClusterApplication;
import dev.scaling.test.PostgresCluster;
import dev.scaling.test.PostgresClusterExtension;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the search for statements that are executed once for each row of another.
 */
@ExtendWith(OutputCaptureExtension.class)
class RepeatedQueryTests {

	@RegisterExtension
	static final PostgresClusterExtension cluster = PostgresCluster.builder().replicas(1).extension();

	private static ClusterApplication application;

	@BeforeAll
	static void start() {
		application = ClusterApplication.start(Application.class, cluster.cluster(), "scaling.consistency.mode=none",
				"scaling.insight.repeated-queries.sample=1");
		application.write("CREATE TABLE shelf (id int PRIMARY KEY)");
		application.write("CREATE TABLE shelf_book (id int PRIMARY KEY, shelf_id int REFERENCES shelf)");
		application.write("INSERT INTO shelf SELECT i FROM generate_series(1, 12) i");
		application.write("INSERT INTO shelf_book SELECT i, i FROM generate_series(1, 12) i");
		cluster.cluster().awaitReplication();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void lazyCollectionsAreFoundWithTheLineThatReadsThem(CapturedOutput output) {
		long before = application.bean(RepeatedQueries.class).found();
		assertThat(application.bean(Library.class).countLazily()).isEqualTo(12);
		application.bean(Library.class).countLazily();
		RepeatedQuery query = find("shelf_book", "countLazily");
		assertThat(query.maximum()).isEqualTo(12);
		assertThat(query.occurrences()).isEqualTo(2);
		assertThat(query.work()).isEqualTo("transaction " + Library.class.getName() + ".countLazily");
		assertThat(query.caller()).contains("(RepeatedQueryTests.java:");
		assertThat(query.lost()).isPositive();
		assertThat(output.getOut().lines().filter((line) -> line.contains("Repeated statement: 12 times")))
			.singleElement()
			.asString()
			.contains("countLazily", "JOIN FETCH", "shelf_book");
		assertThat(application.bean(MeterRegistry.class).get("scaling.queries.repeated").functionCounter().count())
			.isEqualTo(before + 2);
	}

	@Test
	void literalsDoNotHideTheRepetition() {
		application.bean(Library.class).countByLiterals();
		assertThat(find("shelf_book", "countByLiterals").sql())
			.isEqualTo("SELECT count(*) FROM shelf_book WHERE shelf_id = ? AND ? <> ?");
	}

	@Test
	void joinsAreFine() {
		application.bean(Library.class).countByJoin();
		assertThat(application.bean(RepeatedQueries.class).queries())
			.noneMatch((query) -> query.caller().contains("countByJoin"));
	}

	private static RepeatedQuery find(String sql, String method) {
		return application.bean(RepeatedQueries.class)
			.queries()
			.stream()
			.filter((query) -> query.sql().contains(sql) && query.work().contains(method))
			.findFirst()
			.orElseThrow();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = DataJpaRepositoriesAutoConfiguration.class)
	@EntityScan(basePackageClasses = RepeatedQueryTests.class)
	@Import(Library.class)
	static class Application {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	static class Library {

		private final EntityManager entityManager;

		private final JdbcTemplate jdbc;

		Library(EntityManager entityManager, JdbcTemplate jdbc) {
			this.entityManager = entityManager;
			this.jdbc = jdbc;
		}

		@Transactional(readOnly = true)
		int countLazily() {
			int books = 0;
			for (Shelf shelf : this.entityManager.createQuery("SELECT s FROM Shelf s", Shelf.class).getResultList()) {
				books += shelf.books.size();
			}
			return books;
		}

		@Transactional(readOnly = true)
		int countByJoin() {
			int books = 0;
			for (Shelf shelf : this.entityManager
				.createQuery("SELECT s FROM Shelf s LEFT JOIN FETCH s.books", Shelf.class)
				.getResultList()) {
				books += shelf.books.size();
			}
			return books;
		}

		@Transactional(readOnly = true)
		void countByLiterals() {
			for (int i = 0; i < 10; i++) {
				this.jdbc.queryForObject(
						"SELECT count(*)\n\tFROM shelf_book WHERE shelf_id = " + i + " AND 'a''" + i + "' <> 'b'",
						Integer.class);
			}
		}

	}

	@Entity(name = "Shelf")
	static class Shelf {

		@Id
		int id;

		@OneToMany
		@JoinColumn(name = "shelf_id")
		List<ShelfBook> books = new ArrayList<>();

	}

	@Entity(name = "ShelfBook")
	static class ShelfBook {

		@Id
		int id;

	}

}
