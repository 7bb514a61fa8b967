package dev.scaling.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The directory of the servers' data, watched by a shell that outlives this JVM.
 * <p>
 * When its standard input ends, because the directory is closed or because the JVM is no
 * more, the shell kills the servers in the directory and removes it. So it happens in one
 * way only, after everything else in the JVM has ended.
 */
final class TemporaryDirectory implements AutoCloseable {

	private static final int CLOSE_TIMEOUT_SECONDS = 20;

	private final Path path;

	private final Process watchdog;

	private TemporaryDirectory(Path path, Process watchdog) {
		this.path = path;
		this.watchdog = watchdog;
	}

	static TemporaryDirectory create(Platform platform) {
		try {
			Path path = Files.createTempDirectory("postgres-cluster-").toRealPath();
			return new TemporaryDirectory(path, startWatchdog(platform, path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Process startWatchdog(Platform platform, Path path) throws IOException {
		List<String> command = new ArrayList<>();
		if (platform.isLinux()) {
			command.add("setsid");
		}
		command.addAll(List.of("sh", "-c", script(), "postgres-cluster-watchdog", path.toString()));
		return new ProcessBuilder(command).directory(Path.of("/").toFile())
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	private static String script() throws IOException {
		try (InputStream script = TemporaryDirectory.class.getResourceAsStream("watchdog.sh")) {
			return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	Path path() {
		return this.path;
	}

	@Override
	public void close() {
		try {
			this.watchdog.getOutputStream().close();
			if (!this.watchdog.waitFor(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
				throw new IllegalStateException(
						"Directory '%s' was not removed within %d seconds".formatted(this.path, CLOSE_TIMEOUT_SECONDS));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
