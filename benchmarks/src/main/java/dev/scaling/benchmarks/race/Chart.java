package dev.scaling.benchmarks.race;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The medians of a measure as bars in an SVG image that needs nothing else and adapts to
 * dark pages. Each condition has a scale of its own; a line spans the middle half of the
 * rounds.
 */
final class Chart {

	private static final int WIDTH = 860;

	private static final int BARS = 330;

	private static final int LENGTH = 400;

	private static final int ROW = 22;

	private static final String STYLE = """
			<style>
			text { font: 13px system-ui, sans-serif; fill: #24292f }
			.head { font-weight: 600 } .bar { fill: #8c959f } .ours { fill: #2f6feb } .range { stroke: #24292f; stroke-width: 1.5 }
			@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #58a6ff } .range { stroke: #e6edf3 } }
			</style>
			""";

	private final Figures figures;

	private final Measure measure;

	Chart(Figures figures, Measure measure) {
		this.figures = figures;
		this.measure = measure;
	}

	@Override
	public String toString() {
		StringBuilder body = new StringBuilder();
		int y = 24;
		y = text(body, "head", 0, y, this.measure.title());
		for (String when : this.figures.conditions(this.measure)) {
			y = text(body, "head", 0, y + 8, when);
			y = bars(body, when, y);
		}
		return String.format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n", WIDTH,
				y) + "<title>" + escape(this.measure.title()) + "</title>\n" + STYLE + body + "</svg>\n";
	}

	private int bars(StringBuilder body, String when, int top) {
		int y = top;
		List<Competitor> competitors = Arrays.stream(Competitor.values())
			.filter((competitor) -> this.figures.of(this.measure, when, competitor).length > 0)
			.toList();
		double longest = competitors.stream()
			.mapToDouble((competitor) -> Figures.quantile(0.75, this.figures.of(this.measure, when, competitor)))
			.filter(Double::isFinite)
			.max()
			.orElse(0);
		double scale = (longest > 0) ? LENGTH / longest : 0;
		for (Competitor competitor : competitors) {
			double[] values = this.figures.of(this.measure, when, competitor);
			double length = length(Figures.median(values) * scale);
			body.append(
					String.format(Locale.ROOT, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\"/>%n",
							competitor.isOurs() ? "ours" : "bar", BARS, y - 12, length));
			double high = length(Figures.quantile(0.75, values) * scale);
			if (values.length > 1) {
				body.append(String.format(Locale.ROOT,
						"<line class=\"range\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>%n",
						BARS + length(Figures.quantile(0.25, values) * scale), BARS + high, y - 5, y - 5));
			}
			text(body, "label", 0, y, competitor.title().replaceAll("[*`]", ""));
			y = text(body, "value", BARS + (int) Math.max(length, high) + 6, y, value(when, competitor));
		}
		return y;
	}

	/**
	 * What never happened is as long as the longest of the others.
	 */
	private static double length(double length) {
		return Double.isFinite(length) ? length : LENGTH;
	}

	private String value(String when, Competitor competitor) {
		List<String> parts = new ArrayList<>();
		parts.add(this.measure.format(Figures.median(this.figures.of(this.measure, when, competitor))));
		Competitor base = this.measure.base();
		if (base != null && base != competitor) {
			double[] ratios = this.figures.ratios(this.measure, when, competitor, base);
			if (ratios.length > 0) {
				parts.add(String.format(Locale.ROOT, "(%.2f x)", Figures.median(ratios)));
			}
		}
		return String.join(" ", parts);
	}

	private static int text(StringBuilder body, String style, int x, int y, String text) {
		body.append(String.format("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n", style, x, y, escape(text)));
		return y + ROW;
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

}
