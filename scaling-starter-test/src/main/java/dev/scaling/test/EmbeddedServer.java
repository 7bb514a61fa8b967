package dev.scaling.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that is a process of this machine.
 */
final class EmbeddedServer implements Server, AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private static final int SHARED_MEMORY_LINE = 6;

	private static final int STATUS_LINE = 7;

	private final PostgresBinaries binaries;

	private final Path directory;

	private final Path data;

	private final Path log;

	private final ServerSettings settings;

	private final ReservedPort port = new ReservedPort(Platform.current().isLinux());

	private volatile @Nullable Process process;

	EmbeddedServer(PostgresBinaries binaries, Path directory, ServerSettings settings) {
		this.binaries = binaries;
		this.directory = directory;
		this.data = directory.resolve("data");
		this.log = directory.resolve("server.log");
		this.settings = settings;
	}

	@Override
	public String host() {
		return this.port.host();
	}

	@Override
	public int port() {
		return this.port.number();
	}

	@Override
	public String replicationAddress() {
		return "host=%s port=%d".formatted(host(), port());
	}

	@Override
	public void initialize() {
		try {
			Directories.createPrivately(this.directory);
			DataTemplate.copy(this.binaries.directory().resolve("template"), this::initialize, this.data);
			Files.writeString(this.data.resolve("postgresql.conf"), this.settings.toConfiguration(),
					StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void initialize(Path directory) throws IOException {
		run("initdb", "-D", directory.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale",
				"--no-sync");
	}

	@Override
	public void copy(Server primary, Console console, String configuration) {
		try {
			Directories.delete(this.data);
			BaseBackup.take(console, ((EmbeddedServer) primary).data, this.data);
			Files.createFile(this.data.resolve("standby.signal"));
			Files.writeString(this.data.resolve("postgresql.auto.conf"), configuration, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void start() {
		if (isRunning()) {
			return;
		}
		try {
			Files.deleteIfExists(pidFile());
			this.port.lend();
			Process process = launch(this.binaries.command("postgres", "-D", this.data.toString(), "-p",
					String.valueOf(port()), "-c", "listen_addresses=" + host(), "-c", "unix_socket_directories="));
			this.process = process;
			boolean ready = Condition.await(START_TIMEOUT, () -> !process.isAlive() || isReady());
			if (!ready || !process.isAlive()) {
				kill();
				throw failure("PostgreSQL did not start");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void stop() {
		for (String signal : List.of("INT", "QUIT")) {
			Process process = this.process;
			if (process != null && process.isAlive()) {
				ProcessTree.of(process).signalRoot(signal);
				awaitExit(process);
			}
		}
		kill();
	}

	@Override
	public void kill() {
		Process process = this.process;
		if (process != null) {
			ProcessTree.of(process).kill();
			removeSharedMemory();
			this.process = null;
			this.port.takeBack();
		}
	}

	@Override
	public void freeze() {
		ProcessTree.of(running()).suspend();
	}

	@Override
	public void resume() {
		ProcessTree.of(running()).resume();
	}

	@Override
	public boolean isRunning() {
		Process process = this.process;
		return process != null && process.isAlive();
	}

	@Override
	public void close() {
		this.port.close();
	}

	private Process running() {
		Process process = this.process;
		if (process == null || !process.isAlive()) {
			throw new IllegalStateException("The server on port %d is not running".formatted(port()));
		}
		return process;
	}

	private Path pidFile() {
		return this.data.resolve("postmaster.pid");
	}

	private boolean isReady() {
		return pidFileLine(STATUS_LINE).startsWith("ready");
	}

	/**
	 * A killed server leaves a segment, which would stay for as long as the machine runs.
	 */
	private void removeSharedMemory() {
		String[] keyAndId = pidFileLine(SHARED_MEMORY_LINE).trim().split(" +");
		if (keyAndId.length == 2) {
			Commands.run(List.of("ipcrm", "-m", keyAndId[1]));
		}
	}

	private String pidFileLine(int number) {
		try {
			List<String> lines = Files.readAllLines(pidFile());
			return (lines.size() > number) ? lines.get(number) : "";
		}
		catch (IOException ex) {
			return "";
		}
	}

	private void run(String program, String... arguments) throws IOException {
		Process process = launch(this.binaries.command(program, arguments));
		try {
			if (process.waitFor() != 0) {
				throw failure("The program '%s' failed".formatted(program));
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw failure("The program '%s' was interrupted".formatted(program));
		}
	}

	private Process launch(ProcessBuilder command) throws IOException {
		return command.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile()))
			.start();
	}

	private void awaitExit(Process process) {
		try {
			process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private IllegalStateException failure(String what) {
		return new IllegalStateException(what + ". Its log ends with:\n" + logTail());
	}

	private String logTail() {
		try {
			List<String> lines = Files.readAllLines(this.log);
			return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

}
