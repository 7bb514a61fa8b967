package dev.scaling.benchmarks.race;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the figures of a run into a page: between {@code <!-- table MEASURE -->}, or
 * {@code <!-- chart MEASURE -->}, and {@code <!-- end -->}. Charts are images beside it.
 * A measure without figures is left as it is.
 */
public final class Report {

	private static final Pattern PLACE = Pattern.compile("<!-- (table|chart) (\\w+) -->\n.*?<!-- end -->",
			Pattern.DOTALL);

	private final Figures figures;

	private final Path page;

	private Report(Figures figures, Path page) {
		this.figures = figures;
		this.page = page;
	}

	/**
	 * Writes a page.
	 * @param args the page, and the files with the figures
	 * @throws IOException if one of them cannot be read, or the page not be written
	 */
	public static void main(String[] args) throws IOException {
		Figures figures = new Figures();
		for (String file : List.of(args).subList(1, args.length)) {
			figures.add(Figures.read(Path.of(file)));
		}
		new Report(figures, Path.of(args[0])).write();
	}

	private void write() throws IOException {
		String text = Files.readString(this.page);
		Files.writeString(this.page,
				PLACE.matcher(text).replaceAll((place) -> Matcher.quoteReplacement(replace(place))));
	}

	private String replace(MatchResult place) {
		Measure measure = Measure.valueOf(place.group(2).toUpperCase(Locale.ROOT));
		if (!this.figures.measures().contains(measure)) {
			return place.group();
		}
		return "<!-- %s %s -->\n%s<!-- end -->".formatted(place.group(1), place.group(2),
				place.group(1).equals("table") ? new Table(this.figures, measure) : chart(measure));
	}

	private String chart(Measure measure) {
		String name = "performance-" + measure.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".svg";
		try {
			Path images = Files.createDirectories(this.page.resolveSibling("images"));
			Files.writeString(images.resolve(name), new Chart(this.figures, measure).toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return "![%s](images/%s)\n".formatted(measure.title(), name);
	}

}
