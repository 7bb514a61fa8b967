package dev.scaling.sharding;

import java.util.Locale;

/**
 * A move that has begun.
 *
 * @param key the text of the key
 * @param source the shard that owned the key
 * @param target the new owner
 * @param step how far it has come
 * @param attempt a number that grows whenever somebody begins a move of the key, or takes
 * one over: shards refuse what belongs to an older one
 */
record MoveState(String key, String source, String target, Step step, long attempt) {

	MoveState at(Step step) {
		return new MoveState(this.key, this.source, this.target, step, this.attempt);
	}

	/**
	 * How far a move has come.
	 */
	enum Step {

		/**
		 * The old shard may have a fence.
		 */
		PLANNED,

		/**
		 * The old shard has a fence. The new one may have rows.
		 */
		FENCED,

		/**
		 * The new shard has all rows, and the move can only go on.
		 */
		COPIED,

		/**
		 * All instances are told of the new owner. The old shard may have rows.
		 */
		PUBLISHED;

		String column() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
