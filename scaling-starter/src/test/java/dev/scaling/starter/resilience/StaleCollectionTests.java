package dev.scaling.starter.resilience;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderColumn;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for collections, and entities to be removed, that a persistence context has read
 * from a lagging replica and then writes.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
class StaleCollectionTests extends AbstractOpenInViewTests {

	@Autowired
	private EntityManagerFactory factory;

	@Autowired
	private PlatformTransactionManager transactionManager;

	private EntityManager context;

	@BeforeEach
	void openContext() throws SQLException {
		update("""
				DROP TABLE IF EXISTS team, person, team_person, team_label, team_step, task;
				CREATE TABLE team (id int PRIMARY KEY, name text, lead_id int);
				CREATE TABLE person (id int PRIMARY KEY, name text);
				CREATE TABLE team_person (team_id int, members_id int);
				CREATE TABLE team_label (team_id int, label text, value text);
				CREATE TABLE team_step (team_id int, step text, position int);
				CREATE TABLE task (id int PRIMARY KEY, team_id int NOT NULL, title text);
				INSERT INTO team VALUES (1, 'red', 1);
				INSERT INTO person VALUES (1, 'ann'), (2, 'bob'), (3, 'cy');
				INSERT INTO team_person VALUES (1, 1);
				INSERT INTO team_label VALUES (1, 'color', 'red');
				INSERT INTO team_step VALUES (1, 'first', 0);
				INSERT INTO task VALUES (1, 1, 'old')""");
		this.cluster.awaitReplication();
		this.context = this.factory.createEntityManager();
		TransactionSynchronizationManager.bindResource(this.factory, new EntityManagerHolder(this.context));
	}

	@AfterEach
	void closeContext() {
		TransactionSynchronizationManager.unbindResource(this.factory);
		this.context.close();
		this.cluster.replica(1).resumeReplay();
	}

	@ParameterizedTest
	@EnumSource
	void changeOfWhatALaggingReplicaGaveIsRefused(Change change) throws SQLException {
		this.cluster.replica(1).pauseReplay();
		update(change.newer);
		Team team = readOnly(StaleCollectionTests::load);
		String before = rows();
		assertThatExceptionOfType(OptimisticLockingFailureException.class)
			.isThrownBy(() -> readWrite((context) -> change.apply(context, team)))
			.withMessageContaining("was read from a replica");
		assertThat(rows()).isEqualTo(before);
	}

	@ParameterizedTest
	@EnumSource
	void changeOfWhatAReplicaThatHasCaughtUpGaveIsMade(Change change) throws SQLException {
		Team team = readOnly(StaleCollectionTests::load);
		String before = rows();
		readWrite((context) -> change.apply(context, team));
		assertThat(rows()).isNotEqualTo(before);
	}

	@ParameterizedTest
	@EnumSource
	void readOfALaggingReplicaIsNotedHoweverItWasRead(Read read) throws SQLException {
		this.cluster.replica(1).pauseReplay();
		update(Change.MEMBER_ADDED.newer);
		Team team = read.apply(this);
		assertThat(team.members).hasSize(1);
		assertThatExceptionOfType(OptimisticLockingFailureException.class)
			.isThrownBy(() -> readWrite((context) -> Change.MEMBER_ADDED.apply(context, team)));
		assertThat(query("SELECT string_agg(members_id::text, ' ') FROM team_person")).isEqualTo("1 2");
	}

	@Test
	void collectionThatWasReadFromThePrimaryIsNotReadAgain() throws SQLException {
		Team team = readOnly((context) -> context.find(Team.class, 1));
		long statements = statements(() -> readWrite((context) -> {
			team.labels.size();
			return team.labels.put("size", "big");
		}));
		assertThat(statements).isEqualTo(2);
	}

	@Test
	void collectionThatWasReadFromAReplicaIsReadAgainOnce() throws SQLException {
		Team team = readOnly(StaleCollectionTests::load);
		assertThat(statements(() -> readWrite((context) -> team.labels.put("size", "big")))).isEqualTo(3);
		assertThat(statements(() -> readWrite((context) -> team.labels.put("size", "small")))).isEqualTo(1);
	}

	private long statements(Runnable work) {
		var statistics = this.factory.unwrap(SessionFactory.class).getStatistics();
		statistics.setStatisticsEnabled(true);
		long before = statistics.getPrepareStatementCount();
		work.run();
		return statistics.getPrepareStatementCount() - before;
	}

	private <T> T readOnly(Function<EntityManager, T> work) {
		TransactionTemplate transaction = new TransactionTemplate(this.transactionManager);
		transaction.setReadOnly(true);
		return transaction.execute((status) -> work.apply(this.context));
	}

	private <T> T readWrite(Function<EntityManager, T> work) {
		return new TransactionTemplate(this.transactionManager).execute((status) -> work.apply(this.context));
	}

	private static Team load(EntityManager context) {
		Team team = context.find(Team.class, 1);
		team.members.size();
		team.labels.size();
		team.steps.size();
		team.tasks.size();
		return team;
	}

	private String rows() throws SQLException {
		return query("""
				SELECT concat_ws(';', (SELECT string_agg(team::text, ' ') FROM team),
				(SELECT string_agg(person::text, ' ') FROM person),
				(SELECT string_agg(team_person::text, ' ') FROM team_person),
				(SELECT string_agg(team_label::text, ' ') FROM team_label),
				(SELECT string_agg(team_step::text, ' ') FROM team_step),
				(SELECT string_agg(task::text, ' ') FROM task))""");
	}

	enum Read {

		LAZILY((test) -> test.readOnly((context) -> load(context))),

		OUTSIDE_OF_A_TRANSACTION((test) -> {
			Team team = test.readOnly((context) -> context.find(Team.class, 1));
			team.members.size();
			return team;
		}),

		WITH_ITS_OWNER((test) -> test
			.readOnly((context) -> context.createQuery("SELECT t FROM Team t JOIN FETCH t.members", Team.class)
				.getSingleResult())),

		WITH_ITS_OWNER_FROM_THE_PRIMARY((test) -> {
			Team team = test.readWrite((context) -> context.find(Team.class, 1));
			test.readOnly((context) -> team.members.size());
			return team;
		});

		private final Function<StaleCollectionTests, Team> read;

		Read(Function<StaleCollectionTests, Team> read) {
			this.read = read;
		}

		Team apply(StaleCollectionTests test) {
			return this.read.apply(test);
		}

	}

	enum Change {

		MEMBER_ADDED("INSERT INTO team_person VALUES (1, 2)") {
			@Override
			boolean apply(EntityManager context, Team team) {
				return team.members.add(context.getReference(Person.class, 3));
			}
		},

		MEMBERS_REPLACED("INSERT INTO team_person VALUES (1, 2)") {
			@Override
			boolean apply(EntityManager context, Team team) {
				team.members = new ArrayList<>(team.members);
				return team.members.add(context.getReference(Person.class, 3));
			}
		},

		LABELS_CLEARED("UPDATE team_label SET value = 'blue'") {
			@Override
			boolean apply(EntityManager context, Team team) {
				team.labels.clear();
				return true;
			}
		},

		STEP_ADDED("UPDATE team_step SET step = 'newer'") {
			@Override
			boolean apply(EntityManager context, Team team) {
				return team.steps.add("second");
			}
		},

		TASK_ADDED("INSERT INTO task VALUES (2, 1, 'newer')") {
			@Override
			boolean apply(EntityManager context, Team team) {
				return team.tasks.add(new Task(3));
			}
		},

		TASK_EXCHANGED("INSERT INTO task VALUES (2, 1, 'newer')") {
			@Override
			boolean apply(EntityManager context, Team team) {
				team.tasks.clear();
				return team.tasks.add(new Task(3));
			}
		},

		TEAM_REMOVED("UPDATE team SET name = 'blue'") {
			@Override
			boolean apply(EntityManager context, Team team) {
				context.remove(team);
				return true;
			}
		},

		TEAM_AND_LEAD_REMOVED("UPDATE team SET name = 'blue'") {
			@Override
			boolean apply(EntityManager context, Team team) {
				context.remove(team.lead);
				context.remove(team);
				return true;
			}
		},

		TEAM_REMOVED_WITH_ITS_LABELS("INSERT INTO team_label VALUES (1, 'size', 'big')") {
			@Override
			boolean apply(EntityManager context, Team team) {
				context.remove(team);
				return true;
			}
		},

		REMOVED_TEAM_REMOVED("DELETE FROM team; DELETE FROM team_person; DELETE FROM team_label") {
			@Override
			boolean apply(EntityManager context, Team team) {
				context.remove(team);
				return true;
			}
		};

		private final String newer;

		Change(String newer) {
			this.newer = newer;
		}

		abstract boolean apply(EntityManager context, Team team);

	}

	@Entity(name = "Team")
	static class Team {

		@Id
		private Integer id;

		private String name;

		@ManyToOne
		private Person lead;

		@ManyToMany
		@JoinTable(name = "team_person", joinColumns = @JoinColumn(name = "team_id"),
				inverseJoinColumns = @JoinColumn(name = "members_id"))
		private List<Person> members = new ArrayList<>();

		@ElementCollection
		@CollectionTable(name = "team_label", joinColumns = @JoinColumn(name = "team_id"))
		@MapKeyColumn(name = "label")
		@Column(name = "value")
		private Map<String, String> labels = new HashMap<>();

		@ElementCollection
		@CollectionTable(name = "team_step", joinColumns = @JoinColumn(name = "team_id"))
		@OrderColumn(name = "position")
		@Column(name = "step")
		private List<String> steps = new ArrayList<>();

		@OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
		@JoinColumn(name = "team_id", nullable = false)
		private List<Task> tasks = new ArrayList<>();

	}

	@Entity(name = "Person")
	static class Person {

		@Id
		private Integer id;

		private String name;

	}

	@Entity(name = "Task")
	static class Task {

		@Id
		private Integer id;

		private String title;

		Task() {
		}

		Task(Integer id) {
			this.id = id;
		}

	}

}
