package dev.scaling.sharding;

import org.springframework.dao.InvalidDataAccessApiUsageException;

/**
 * The rows of a shard are in another order than the merge needs.
 */
@SuppressWarnings("serial")
final class RowOrderException extends InvalidDataAccessApiUsageException {

	private final String shard;

	RowOrderException(String shard, long number) {
		super("The rows of " + shard + " are not in the order of the comparator: row " + number
				+ " belongs before the one that it follows. Let the statement order its rows as the comparator does:"
				+ " by the same columns, nulls where it has them, and texts with COLLATE \"C\" if it compares strings");
		this.shard = shard;
	}

	String shard() {
		return this.shard;
	}

}
