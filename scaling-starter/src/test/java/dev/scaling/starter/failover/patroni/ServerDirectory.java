package dev.scaling.starter.failover.patroni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

/**
 * A temporary directory and the servers that run in it. What works in a directory below
 * it has been started from here, and nothing else is ever signalled.
 * <p>
 * A shell that outlives this JVM ends the servers and removes the directory when its
 * standard input ends, which happens when the directory is closed and when the JVM dies.
 */
final class ServerDirectory implements AutoCloseable {

	private static final String USER = "postgres";

	private static final Duration END_TIMEOUT = Duration.ofSeconds(20);

	private static final String WATCHDOG = """
			directory=$1
			trap '' HUP INT TERM
			while read -r _; do :; done
			pids() {
				for cwd in /proc/[0-9]*/cwd; do
					case $(readlink "$cwd") in
						"$directory"/*) pid=${cwd#/proc/} && echo "${pid%/cwd}" ;;
					esac
				done
			}
			attempts=100
			while pids=$(pids) && [ -n "$pids" ] && [ $attempts -gt 0 ]; do
				kill -KILL $pids
				attempts=$((attempts - 1))
				sleep 0.1
			done
			for pidfile in "$directory"/*/data/postmaster.pid; do
				# What a killed server leaves outside of its directory
				ipcrm -m "$(sed -n '7s/.* //p' "$pidfile")"
			done
			rm -rf "$directory"
			""";

	private final Path path;

	private final Process watchdog;

	private ServerDirectory(Path path, Process watchdog) {
		this.path = path;
		this.watchdog = watchdog;
	}

	static ServerDirectory create() throws IOException {
		Path path = Files.createTempDirectory("patroni-").toRealPath();
		Process watchdog = new ProcessBuilder("setsid", "sh", "-c", WATCHDOG, "patroni-watchdog", path.toString())
			.directory(Path.of("/").toFile())
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		own(path);
		return new ServerDirectory(path, watchdog);
	}

	/**
	 * Make the directory of a server.
	 * @param server the name of the server
	 * @return its directory
	 */
	Path add(String server) throws IOException {
		return own(Files.createDirectory(this.path.resolve(server)));
	}

	/**
	 * Start a program in the directory of a server.
	 * @param server the name of the server
	 * @param command the words of the command
	 */
	void launch(String server, String... command) throws IOException {
		List<String> words = new ArrayList<>(List.of("setsid"));
		if (isRoot()) {
			words.addAll(List.of("setpriv", "--reuid", USER, "--regid", USER, "--init-groups"));
		}
		words.addAll(List.of(command));
		Path directory = this.path.resolve(server);
		ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile())
			.redirectInput(Path.of("/dev/null").toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log(server).toFile()));
		builder.environment().keySet().removeIf((name) -> name.startsWith("PG") || name.startsWith("PATRONI_"));
		builder.environment().put("HOME", directory.toString());
		builder.start();
	}

	/**
	 * Kill all processes of a server at once, with {@code SIGKILL}.
	 * @param server the name of the server
	 */
	void kill(String server) {
		Awaitility.await().atMost(END_TIMEOUT).until(() -> {
			List<ProcessHandle> processes = processes(server);
			processes.forEach(ProcessHandle::destroyForcibly);
			return processes.isEmpty();
		});
	}

	private List<ProcessHandle> processes(String server) {
		Path directory = this.path.resolve(server);
		return ProcessHandle.allProcesses().filter((process) -> worksIn(process, directory)).toList();
	}

	private static boolean worksIn(ProcessHandle process, Path directory) {
		try {
			return Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "cwd")).startsWith(directory);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * The end of what a server has logged.
	 * @param server the name of the server
	 * @return the last lines
	 */
	String logTail(String server) {
		try {
			List<String> lines = Files.readAllLines(log(server));
			return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private Path log(String server) {
		return this.path.resolve(server).resolve("log");
	}

	@Override
	public void close() throws Exception {
		this.watchdog.getOutputStream().close();
		if (!this.watchdog.waitFor(END_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException(
					"Directory '%s' was not removed within %s".formatted(this.path, END_TIMEOUT));
		}
	}

	/**
	 * PostgreSQL refuses to run as root.
	 */
	private static boolean isRoot() {
		return "root".equals(System.getProperty("user.name"));
	}

	private static Path own(Path directory) throws IOException {
		if (isRoot()) {
			Files.setOwner(directory,
					directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
		}
		return directory;
	}

}
