package dev.scaling.starter.routing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A table of {@code docs/read-write-splitting.md}, where the expected nodes are written
 * down.
 */
final class RouteTable {

	private static final Path PAGE = Path.of("..", "docs", "read-write-splitting.md");

	private RouteTable() {
	}

	/**
	 * The rows of the table that follows a marker.
	 * @param marker the text of the HTML comment before the table
	 * @return the cells of each row without their formatting
	 */
	static List<List<String>> rows(String marker) {
		String page = page();
		int start = page.indexOf("<!-- " + marker + " -->");
		if (start < 0) {
			throw new IllegalStateException("No table '" + marker + "' in " + PAGE);
		}
		return page.substring(start)
			.lines()
			.dropWhile((line) -> !line.startsWith("|"))
			.takeWhile((line) -> line.startsWith("|"))
			.skip(2)
			.map(RouteTable::cells)
			.toList();
	}

	private static List<String> cells(String line) {
		return Arrays.stream(line.substring(1).split("\\|"))
			.map((cell) -> cell.replace("`", "").strip())
			.filter((cell) -> !cell.isEmpty())
			.toList();
	}

	static String page() {
		try {
			return Files.readString(PAGE, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Cannot read " + PAGE.toAbsolutePath(), ex);
		}
	}

}
