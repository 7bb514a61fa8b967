package dev.scaling.sharding;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Merges rows that are in order. Holds one row of each source; among equal rows those of
 * the first source come first.
 *
 * @param <E> the type of the rows
 */
final class KWayMerge<E> {

	private final List<? extends RowSource<? extends E>> sources;

	private final Comparator<? super E> order;

	private final PriorityQueue<Head<E>> heads;

	KWayMerge(List<? extends RowSource<? extends E>> sources, Comparator<? super E> order) {
		this.sources = sources;
		this.order = order;
		this.heads = new PriorityQueue<>(Math.max(1, sources.size()), this::compare);
	}

	/**
	 * Merges the rows. No row is asked for after the last one that is wanted.
	 */
	void merge(long offset, long limit, Consumer<? super E> rows) {
		if (limit == 0) {
			return;
		}
		for (int index = 0; index < this.sources.size(); index++) {
			E row = this.sources.get(index).next();
			if (row != null) {
				this.heads.add(new Head<>(row, index));
			}
		}
		long number = 0;
		Head<E> head = this.heads.poll();
		while (head != null) {
			if (number >= offset) {
				rows.accept(head.row);
				if (number - offset == limit - 1) {
					return;
				}
			}
			number++;
			head = next(head);
		}
	}

	private @Nullable Head<E> next(Head<E> head) {
		E row = this.sources.get(head.index).next();
		if (row == null) {
			return this.heads.poll();
		}
		head.row = row;
		Head<E> other = this.heads.peek();
		if (other == null || compare(head, other) <= 0) {
			return head;
		}
		this.heads.poll();
		this.heads.add(head);
		return other;
	}

	private int compare(Head<E> head, Head<E> other) {
		int result = this.order.compare(head.row, other.row);
		return (result != 0) ? result : Integer.compare(head.index, other.index);
	}

	/**
	 * The next row of a source.
	 */
	private static final class Head<E> {

		private E row;

		private final int index;

		Head(E row, int index) {
			this.row = row;
			this.index = index;
		}

	}

}
