package dev.scaling.test;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the Java in {@code docs/testing.md} compiles.
 */
class DocumentationTests {

	private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

	private static final Pattern CLASS = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);

	static List<String> examples() throws IOException {
		String documentation = Files.readString(Path.of("../docs/testing.md"));
		return JAVA.matcher(documentation).results().map((result) -> result.group(1)).toList();
	}

	@ParameterizedTest
	@MethodSource("examples")
	void exampleCompiles(String example, @TempDir Path output) {
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		List<String> options = List.of("-d", output.toString(), "-proc:none", "-cp",
				System.getProperty("java.class.path"));
		ToolProvider.getSystemJavaCompiler()
			.getTask(null, null, diagnostics, options, null, List.of(source(example)))
			.call();
		assertThat(diagnostics.getDiagnostics()).filteredOn((found) -> found.getKind() == Diagnostic.Kind.ERROR)
			.isEmpty();
	}

	private static JavaFileObject source(String code) {
		String name = CLASS.matcher(code).results().findFirst().orElseThrow().group(1);
		return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return code;
			}

		};
	}

}
