package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a measure as a table in Markdown: medians, and the ratios to the base
 * with their middle half.
 */
final class Table {

	private final Figures figures;

	private final Measure measure;

	Table(Figures figures, Measure measure) {
		this.figures = figures;
		this.measure = measure;
	}

	@Override
	public String toString() {
		List<String> conditions = List.copyOf(this.figures.conditions(this.measure));
		StringBuilder text = new StringBuilder("| ").append(this.measure.title());
		conditions.forEach((when) -> text.append(" | ").append(when));
		text.append(" |\n|---|").append("---:|".repeat(conditions.size())).append('\n');
		for (Competitor competitor : Competitor.values()) {
			List<String> cells = new ArrayList<>();
			conditions.forEach((when) -> cells.add(cell(when, competitor)));
			if (cells.stream().anyMatch((cell) -> !cell.isEmpty())) {
				text.append("| ").append(competitor.title());
				cells.forEach((cell) -> text.append(" | ").append(cell));
				text.append(" |\n");
			}
		}
		return text.toString();
	}

	private String cell(String when, Competitor competitor) {
		double[] values = this.figures.of(this.measure, when, competitor);
		String figure = this.measure.format(Figures.median(values));
		Competitor base = this.measure.base();
		if (values.length == 0 || base == null || base == competitor) {
			return figure;
		}
		double[] ratios = this.figures.ratios(this.measure, when, competitor, base);
		return (ratios.length == 0) ? figure : String.format(Locale.ROOT, "%s, **%.2f** (%.2f–%.2f)", figure,
				Figures.median(ratios), Figures.quantile(0.25, ratios), Figures.quantile(0.75, ratios));
	}

}
