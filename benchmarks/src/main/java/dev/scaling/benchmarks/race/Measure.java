package dev.scaling.benchmarks.race;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What is measured, in the order of the report. The constants are named after the
 * workload.
 */
enum Measure {

	W2_READS("Reads a second", "%,.0f", Competitor.LAZY_PROXY),

	W2_MIX("Calls a second, nine reads for a write", "%,.0f", Competitor.LAZY_PROXY);

	private final String title;

	private final String format;

	private final @Nullable Competitor base;

	Measure(String title, String format, @Nullable Competitor base) {
		this.title = title;
		this.format = format;
		this.base = base;
	}

	/**
	 * The title with the unit.
	 * @return the title
	 */
	String title() {
		return this.title;
	}

	/**
	 * A figure as text.
	 * @param figure the figure
	 * @return the text
	 */
	String format(double figure) {
		return Double.isNaN(figure) ? "" : String.format(Locale.ROOT, this.format, figure);
	}

	/**
	 * Whom the others are compared with, in the same round.
	 * @return the one, or {@code null} if the figures speak for themselves
	 */
	@Nullable Competitor base() {
		return this.base;
	}

}
