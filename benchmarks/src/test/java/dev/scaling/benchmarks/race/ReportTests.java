package dev.scaling.benchmarks.race;

import java.nio.file.Files;
import java.nio.file.Path;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Report}, {@link Table}, {@link Chart} and {@link Figures}.
 */
class ReportTests {

	private static final String PAGE = """
			Before.

			<!-- table w2_reads -->
			old
			<!-- end -->

			<!-- chart w2_reads -->
			<!-- end -->

			<!-- table w2_mix -->
			not measured again
			<!-- end -->
			""";

	@Test
	void ratiosAreThoseOfTheSameRound() {
		Figures figures = reads();
		assertThat(figures.ratios(Measure.W2_READS, "1 thread", Competitor.SCALING, Competitor.LAZY_PROXY))
			.containsExactly(1, 2, 4);
		assertThat(Figures.median(figures.of(Measure.W2_READS, "1 thread", Competitor.SCALING))).isEqualTo(400);
	}

	@Test
	void quantilesLieBetweenNeighbours() {
		assertThat(Figures.quantile(0.25, 4, 1, 3, 2)).isEqualTo(1.75);
		assertThat(Figures.median(3, 1)).isEqualTo(2);
		assertThat(Figures.median()).isNaN();
	}

	@Test
	void tablesAndChartsReplaceWhatThePageHadWhereThereAreFigures(@TempDir Path folder) throws Exception {
		Path page = Files.writeString(folder.resolve("page.md"), PAGE);
		Path file = folder.resolve("figures.csv");
		reads().write(file);
		Report.main(new String[] { page.toString(), file.toString() });
		assertThat(page).content()
			.contains("Before.", "| Reads a second | 1 thread |", "| `LazyConnectionDataSourceProxy` | 200 |",
					"| **The starter** | 400, **2.00** (1.50–3.00) |",
					"![Reads a second](images/performance-w2-reads.svg)", "not measured again")
			.doesNotContain("old\n");
		Report.main(new String[] { page.toString(), file.toString() });
		assertThat(page).content().containsOnlyOnce("| **The starter** |");
		Document chart = DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(folder.resolve("images/performance-w2-reads.svg").toFile());
		assertThat(chart.getElementsByTagName("rect").getLength()).isEqualTo(2);
		assertThat(chart.getDocumentElement().getTextContent()).contains("(2.00 x)");
	}

	@Test
	void figureOfNobodyIsRefused(@TempDir Path folder) throws Exception {
		Path file = Files.writeString(folder.resolve("figures.csv"),
				"measure,when,contender,round,value\nW2_READS,1 thread,nobody,0,1.0\n");
		assertThatIllegalArgumentException().isThrownBy(() -> Figures.read(file)).withMessageContaining("nobody");
	}

	private static Figures reads() {
		Figures figures = new Figures();
		double[] lazy = { 100, 400, 200 };
		double[] ours = { 400, 400, 400 };
		for (int round = 0; round < lazy.length; round++) {
			figures.add(Measure.W2_READS, "1 thread", Competitor.LAZY_PROXY, round, lazy[round]);
			figures.add(Measure.W2_READS, "1 thread", Competitor.SCALING, round, ours[round]);
		}
		return figures;
	}

}
