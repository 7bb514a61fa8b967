package dev.scaling.starter.sharding;

import java.util.List;
import java.util.Optional;

import dev.scaling.CrossShardTransactionException;
import dev.scaling.RoutingContext;
import dev.scaling.ShardKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for repositories of Spring Data JDBC whose tables are on shards.
 */
class JdbcRepositoryTests {

	private static final List<String> SHARDS = List.of("shard-0", "shard-1");

	private static ConfigurableApplicationContext context;

	private static Notes notes;

	private static NoteService service;

	@BeforeAll
	static void start() {
		SHARDS.forEach((shard) -> ShardServers.execute(shard,
				"CREATE TABLE jdbc_note (id bigint PRIMARY KEY, owner bigint, text text, version int)"));
		context = ShardServers.run(Application.class, "scaling.keyspaces.notes.strategy=parity",
				"scaling.keyspaces.notes.shards=shard-0,shard-1", "scaling.keyspaces.notes.tables.jdbc_note=owner");
		notes = context.getBean(Notes.class);
		service = context.getBean(NoteService.class);
	}

	@AfterAll
	static void stop() {
		context.close();
		SHARDS.forEach((shard) -> ShardServers.execute(shard, "DROP TABLE jdbc_note"));
	}

	@BeforeEach
	void clear() {
		SHARDS.forEach((shard) -> ShardServers.execute(shard, "TRUNCATE jdbc_note"));
	}

	@Test
	void methodsOfAServiceOpenTheScopeOfSave() {
		for (long owner = 1; owner <= 10; owner++) {
			Note saved = service.create(owner, 100 + owner, "first");
			assertThat(service.change(owner, saved, "second").version()).isOne();
		}
		assertThat(rows("shard-0", "text = 'second' AND owner % 2 = 0")).isEqualTo(5);
		assertThat(rows("shard-1", "text = 'second' AND owner % 2 = 1")).isEqualTo(5);
	}

	@Test
	void queryMethodsReadFromTheShardOfTheirKey() {
		service.create(1, 1, "one");
		service.create(2, 2, "two");
		assertThat(notes.findByOwner(1)).extracting(Note::text).containsExactly("one");
		assertThat(notes.findByOwner(2)).extracting(Note::text).containsExactly("two");
		assertThat(notes.countByOwnerAndText(2, "two")).isOne();
		assertThat(notes.rename(1, "uno")).isOne();
		assertThat(rows("shard-1", "text = 'uno'")).isOne();
		assertThat(notes.deleteByOwner(2)).isOne();
		assertThat(rows("shard-0", "true")).isZero();
	}

	@Test
	void inheritedMethodHasAKeyWhereItIsDeclaredAgain() {
		KeyedNotes keyed = context.getBean(KeyedNotes.class);
		keyed.save(new Note(1L, 1, "one", null));
		keyed.save(new Note(2L, 2, "two", null));
		assertThat(rows("shard-1", "owner = 1")).isOne();
		assertThat(rows("shard-0", "owner = 2")).isOne();
		assertThat(keyed.findById(2L)).get().extracting(Note::text).isEqualTo("two");
	}

	/**
	 * The table is not on {@code main}: nothing is written anywhere.
	 */
	@Test
	void inheritedMethodsWithoutAScopeFail() {
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> notes.save(new Note(1L, 1, "lost", null)))
			.satisfies((ex) -> assertThat(ex.getMostSpecificCause()).hasMessageContaining("jdbc_note"));
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> notes.findById(1L));
		SHARDS.forEach((shard) -> assertThat(rows(shard, "true")).isZero());
		RoutingContext.atKey(1L).run(() -> notes.save(new Note(1L, 1, "found", null)));
		assertThat(rows("shard-1", "text = 'found'")).isOne();
	}

	@Test
	void secondShardInATransactionIsRefused() {
		assertThatExceptionOfType(CrossShardTransactionException.class).isThrownBy(() -> service.createAndRead(1, 2));
		SHARDS.forEach((shard) -> assertThat(rows(shard, "true")).isZero());
	}

	private static long rows(String shard, String condition) {
		return ShardServers.number(shard, "SELECT count(*) FROM jdbc_note WHERE " + condition);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
	@EnableJdbcRepositories(considerNestedRepositories = true)
	@Import(NoteService.class)
	static class Application {

		@Bean
		Parity parity() {
			return new Parity();
		}

	}

	@Table("jdbc_note")
	record Note(@Id Long id, long owner, String text, @Version @Nullable Integer version) {

	}

	interface Notes extends CrudRepository<Note, Long> {

		List<Note> findByOwner(@ShardKey long owner);

		long countByOwnerAndText(@ShardKey long owner, String text);

		@Transactional
		@Modifying
		@Query("UPDATE jdbc_note SET text = :text WHERE owner = :owner")
		int rename(@ShardKey long owner, String text);

		@Transactional
		@Modifying
		@Query("DELETE FROM jdbc_note WHERE owner = :owner")
		int deleteByOwner(@ShardKey long owner);

	}

	interface KeyedNotes extends CrudRepository<Note, Long> {

		@Override
		<S extends Note> S save(@ShardKey("owner") S note);

		@Override
		Optional<Note> findById(@ShardKey Long owner);

	}

	static class NoteService {

		private final Notes notes;

		NoteService(Notes notes) {
			this.notes = notes;
		}

		@Transactional
		Note create(@ShardKey long owner, long id, String text) {
			return this.notes.save(new Note(id, owner, text, null));
		}

		@Transactional
		Note change(@ShardKey long owner, Note note, String text) {
			return this.notes.save(new Note(note.id(), owner, text, note.version()));
		}

		@Transactional
		void createAndRead(@ShardKey long owner, long other) {
			this.notes.save(new Note(1L, owner, "rolled back", null));
			this.notes.findByOwner(other);
		}

	}

}
