package dev.scaling.routing;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;

/**
 * Who holds the connections of a pool: noted for each connection that is taken, so it
 * writes one reference and allocates nothing. Up to {@value #MAXIMUM} holders are noted.
 * Thread-safe.
 */
final class Holders {

	static final int NOT_NOTED = -1;

	private static final int MAXIMUM = 1024;

	private static final int MAXIMUM_SHOWN = 5;

	private final AtomicReferenceArray<String> names;

	/**
	 * Creates a note of holders.
	 * @param connections how many connections there are
	 */
	Holders(int connections) {
		int number = Math.min(MAXIMUM, Math.max(16, 2 * connections));
		this.names = new AtomicReferenceArray<>(Integer.highestOneBit(number - 1) << 1);
	}

	/**
	 * Notes a holder.
	 * @return what gives the note back, or {@link #NOT_NOTED}
	 */
	int add(String name) {
		int mask = this.names.length() - 1;
		int start = (int) Thread.currentThread().getId();
		for (int i = 0; i <= mask; i++) {
			int place = (start + i) & mask;
			if (this.names.get(place) == null && this.names.compareAndSet(place, null, name)) {
				return place;
			}
		}
		return NOT_NOTED;
	}

	/**
	 * Another one goes on with a connection.
	 */
	void set(int place, String name) {
		if (place != NOT_NOTED) {
			this.names.lazySet(place, name);
		}
	}

	void remove(int place) {
		if (place != NOT_NOTED) {
			this.names.lazySet(place, null);
		}
	}

	/**
	 * Those who hold most connections at the moment.
	 */
	String describe() {
		Map<String, Integer> numbers = new LinkedHashMap<>();
		for (int i = 0; i < this.names.length(); i++) {
			String name = this.names.get(i);
			if (name != null) {
				numbers.merge(name, 1, Integer::sum);
			}
		}
		return numbers.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
				.thenComparing(Map.Entry.comparingByKey()))
			.limit(MAXIMUM_SHOWN)
			.map((entry) -> entry.getKey() + " (" + entry.getValue() + ")")
			.collect(Collectors.joining(", ", "", (numbers.size() > MAXIMUM_SHOWN) ? ", ..." : ""));
	}

}
