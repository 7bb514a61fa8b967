package dev.scaling.jpa;

import java.util.Locale;
import java.util.Set;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.generator.Generator;
import org.hibernate.id.OptimizableGenerator;
import org.hibernate.id.enhanced.Optimizer;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Finds what an entity manager factory must not do over several shards, because it would
 * mix up their rows without an error.
 *
 * @since 0.1.0
 */
public final class ShardedPersistence {

	private ShardedPersistence() {
	}

	/**
	 * Looks at a factory.
	 * @param factory the factory
	 * @param tables the tables whose rows are on shards, in lower case; empty if nobody
	 * has said which are
	 * @return what is wrong, or {@code null}
	 */
	public static @Nullable String findProblem(EntityManagerFactory factory, Set<String> tables) {
		SessionFactoryImplementor sessionFactory = factory.unwrap(SessionFactoryImplementor.class);
		if (sessionFactory.getSessionFactoryOptions().isSecondLevelCacheEnabled()
				|| sessionFactory.getSessionFactoryOptions().isQueryCacheEnabled()) {
			return "Hibernate's second-level cache or query cache is on. It knows rows by their id, and not by their"
					+ " shard, so it would answer with rows of another shard";
		}
		String[] problem = new String[1];
		sessionFactory.getMappingMetamodel().forEachEntityDescriptor((entity) -> {
			if (isSharded(entity, tables) && isShared(entity.getGenerator())) {
				problem[0] = "Entity " + entity.getEntityName()
						+ " takes its ids from a sequence in blocks: the rest of"
						+ " a block that one shard gave would be used on another, where other rows have these ids";
			}
		});
		return problem[0];
	}

	private static boolean isSharded(EntityPersister entity, Set<String> tables) {
		if (tables.isEmpty()) {
			return true;
		}
		for (String name : (String[]) entity.getQuerySpaces()) {
			String table = name.toLowerCase(Locale.ROOT);
			if (tables.contains(table) || tables.contains(table.substring(table.lastIndexOf('.') + 1))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isShared(@Nullable Generator generator) {
		if (!(generator instanceof OptimizableGenerator optimizable)) {
			return false;
		}
		Optimizer optimizer = optimizable.getOptimizer();
		return optimizer != null && optimizer.getIncrementSize() > 1;
	}

}
