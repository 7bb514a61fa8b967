package dev.scaling.benchmarks.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What was measured: one line for each round, in a file that can be kept. Not
 * thread-safe.
 */
final class Figures {

	private final List<Figure> all = new ArrayList<>();

	/**
	 * Adds a figure.
	 * @param measure what was measured
	 * @param when under which condition, such as {@code 8 threads}
	 * @param competitor whose it is
	 * @param round the number of the round: figures of the same round are compared
	 * @param value the figure
	 */
	void add(Measure measure, String when, Competitor competitor, int round, double value) {
		this.all.add(new Figure(measure, when, competitor, round, value));
	}

	/**
	 * Adds all figures of another run.
	 * @param others the figures
	 */
	void add(Figures others) {
		this.all.addAll(others.all);
	}

	/**
	 * The figures of a condition.
	 * @param measure what was measured
	 * @param when under which condition
	 * @param competitor whose they are
	 * @return the figures, ordered by round
	 */
	double[] of(Measure measure, String when, Competitor competitor) {
		return this.all.stream()
			.filter((figure) -> figure.measure() == measure && figure.when().equals(when)
					&& figure.competitor() == competitor)
			.mapToDouble(Figure::value)
			.toArray();
	}

	/**
	 * Ratios to another one's figures of the same round.
	 * @param measure what was measured
	 * @param when under which condition
	 * @param competitor whose they are
	 * @param base the one to compare with
	 * @return the ratios in ascending order, none where one of them has no figure
	 */
	double[] ratios(Measure measure, String when, Competitor competitor, Competitor base) {
		List<Double> ratios = new ArrayList<>();
		for (Figure figure : this.all) {
			if (figure.measure() == measure && figure.when().equals(when) && figure.competitor() == competitor) {
				this.all.stream()
					.filter((other) -> other.measure() == measure && other.when().equals(when)
							&& other.competitor() == base && other.round() == figure.round())
					.forEach((other) -> ratios.add(figure.value() / other.value()));
			}
		}
		return ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
	}

	/**
	 * The conditions of a measure, in the order of their first figures.
	 * @param measure what was measured
	 * @return the conditions
	 */
	Set<String> conditions(Measure measure) {
		Set<String> conditions = new LinkedHashSet<>();
		this.all.stream()
			.filter((figure) -> figure.measure() == measure)
			.forEach((figure) -> conditions.add(figure.when()));
		return conditions;
	}

	/**
	 * What there are figures of.
	 * @return the measures, in the order of the report
	 */
	Set<Measure> measures() {
		Set<Measure> measures = EnumSet.noneOf(Measure.class);
		this.all.forEach((figure) -> measures.add(figure.measure()));
		return measures;
	}

	/**
	 * The middle of some figures.
	 * @param values the figures
	 * @return the median, or not a number if there are none
	 */
	static double median(double... values) {
		return quantile(0.5, values);
	}

	/**
	 * A quantile, between neighbours where it is between them.
	 * @param quantile the quantile, from 0 to 1
	 * @param values the figures
	 * @return the quantile, or not a number if there are none
	 */
	static double quantile(double quantile, double... values) {
		if (values.length == 0) {
			return Double.NaN;
		}
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		double place = quantile * (sorted.length - 1);
		int below = (int) place;
		int above = Math.min(below + 1, sorted.length - 1);
		return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
	}

	/**
	 * Writes the figures.
	 * @param file the file, which is replaced
	 * @throws IOException if that fails
	 */
	void write(Path file) throws IOException {
		List<String> lines = new ArrayList<>(List.of("measure,when,contender,round,value"));
		this.all.forEach((figure) -> lines.add(String.format(Locale.ROOT, "%s,%s,%s,%d,%s", figure.measure(),
				figure.when(), figure.competitor().contender(), figure.round(), figure.value())));
		Files.createDirectories(file.toAbsolutePath().getParent());
		Files.write(file, lines);
	}

	/**
	 * Reads figures.
	 * @param file what {@link #write} wrote
	 * @return the figures
	 * @throws IOException if that fails
	 */
	static Figures read(Path file) throws IOException {
		Figures figures = new Figures();
		List<String> lines = Files.readAllLines(file);
		for (String line : lines.subList(1, lines.size())) {
			String[] parts = line.split(",");
			Competitor competitor = Arrays.stream(Competitor.values())
				.filter((candidate) -> candidate.contender().equals(parts[2]))
				.findFirst()
				.orElseThrow(() -> new IllegalArgumentException("No contender: " + line));
			figures.add(Measure.valueOf(parts[0]), parts[1], competitor, Integer.parseInt(parts[3]),
					Double.parseDouble(parts[4]));
		}
		return figures;
	}

	/**
	 * One figure.
	 *
	 * @param measure what was measured
	 * @param when under which condition
	 * @param competitor whose it is
	 * @param round the number of the round
	 * @param value the figure
	 */
	private record Figure(Measure measure, String when, Competitor competitor, int round, double value) {

	}

}
