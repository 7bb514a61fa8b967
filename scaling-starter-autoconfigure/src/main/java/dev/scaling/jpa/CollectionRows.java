package dev.scaling.jpa;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ObjectUtils;

/**
 * The rows of a collection, taken from Hibernate's snapshot of it: how often it has each
 * element, at its position or key if it has any.
 */
final class CollectionRows {

	private final SessionImplementor session;

	private final Map<List<Object>, Integer> rows = new HashMap<>();

	@SuppressWarnings("removal")
	CollectionRows(CollectionPersister persister, SessionImplementor session, @Nullable Object snapshot) {
		this.session = session;
		Type element = persister.getElementType();
		if (snapshot instanceof Map<?, ?> map) {
			Type index = persister.hasIndex() ? persister.getIndexType() : null;
			map.forEach((key, value) -> add((index != null) ? value(index, key) : null, value(element, value)));
		}
		else if (snapshot != null) {
			Object[] values = (snapshot instanceof List<?> list) ? list.toArray() : ObjectUtils.toObjectArray(snapshot);
			for (int i = 0; i < values.length; i++) {
				add(persister.hasIndex() ? i : null, value(element, values[i]));
			}
		}
	}

	private void add(@Nullable Object index, @Nullable Object element) {
		if (element != null) {
			this.rows.merge(List.of((index != null) ? index : "", element), 1, Integer::sum);
		}
	}

	private @Nullable Object value(Type type, @Nullable Object value) {
		if (value == null) {
			return null;
		}
		return type.isAnyType()
				? List.of(this.session.bestGuessEntityName(value), this.session.getContextEntityIdentifier(value))
				: new TypedElement(type, value, this.session.getFactory());
	}

	/**
	 * Returns whether a row has changed since it was read, other than to what is wanted.
	 * @param read the rows that were read
	 * @param wanted the rows that will be there
	 * @return whether these rows differ from both
	 */
	boolean conflictsWith(CollectionRows read, CollectionRows wanted) {
		Set<List<Object>> all = new HashSet<>(this.rows.keySet());
		all.addAll(read.rows.keySet());
		return all.stream().anyMatch((row) -> count(row) != read.count(row) && count(row) != wanted.count(row));
	}

	private int count(List<Object> row) {
		return this.rows.getOrDefault(row, 0);
	}

}
