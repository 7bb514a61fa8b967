package dev.scaling.starter.sharding.migration;

import java.nio.file.Path;

import dev.scaling.RoutingContext;
import dev.scaling.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.domain.Persistable;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.repository.Repository;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what uses shards while the application starts: it finds their tables.
 */
class MigratedRepositoryTests {

	@Test
	void tablesAreThereWhenTheFirstBeanUsesThem(@TempDir Path scripts) {
		MigratedShards shards = new MigratedShards(scripts);
		shards.script("ledger", "V1__entry.sql", "CREATE TABLE migrated_entry (id bigint PRIMARY KEY, name text);");
		String[] keyspace = shards.keyspace("ledger", "shard-0,shard-1");
		try (ConfigurableApplicationContext context = MigratedShards.run(Application.class, shards.shards(), keyspace,
				"spring.jpa.hibernate.ddl-auto=validate")) {
			assertThat(shards.rows("shard-0", "migrated_entry") + shards.rows("shard-1", "migrated_entry"))
				.isEqualTo(21);
			assertThat(context.getBean(MigratedEntryRepository.class).findById(7)).isNotNull();
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = MigratedRepositoryTests.class)
	@EnableJpaRepositories(considerNestedRepositories = true)
	static class Application {

		@Bean
		InitializingBean early(MigratedEntryRepository repository) {
			return () -> {
				for (long id = 1; id <= 20; id++) {
					repository.save(new MigratedEntry(id));
				}
			};
		}

		@Bean
		InitializingBean alsoEarly(JdbcClient jdbc) {
			return () -> RoutingContext.onShard("shard-1")
				.run(() -> jdbc.sql("INSERT INTO migrated_entry VALUES (100, 'by JDBC')").update());
		}

	}

	interface MigratedEntryRepository extends Repository<MigratedEntry, Long> {

		MigratedEntry save(@ShardKey("id") MigratedEntry entry);

		@Nullable MigratedEntry findById(@ShardKey long id);

	}

	@Entity(name = "migrated_entry")
	static class MigratedEntry implements Persistable<Long> {

		@Id
		private long id;

		private @Nullable String name;

		protected MigratedEntry() {
		}

		MigratedEntry(long id) {
			this.id = id;
			this.name = "entry " + id;
		}

		@Override
		public Long getId() {
			return this.id;
		}

		@Override
		public boolean isNew() {
			return true;
		}

		@Nullable String getName() {
			return this.name;
		}

	}

}
