package dev.scaling.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A postmaster and its children. Each of them leads a process group of its own, so that
 * signals go to them one by one.
 */
record ProcessTree(ProcessHandle root) {

	private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(5);

	static ProcessTree of(Process process) {
		return new ProcessTree(process.toHandle());
	}

	void signalRoot(String signal) {
		signal(signal, List.of(this.root));
	}

	/**
	 * End all processes at once: the postmaster is stopped first, so that it starts no
	 * others, and none is told of the end.
	 */
	void kill() {
		if (!this.root.isAlive()) {
			return;
		}
		signalRoot("STOP");
		List<ProcessHandle> all = all();
		signal("KILL", all);
		Condition.await(EXIT_TIMEOUT, () -> all.stream().allMatch(ProcessTree::isGone));
	}

	void suspend() {
		signalRoot("STOP");
		signal("STOP", all());
	}

	void resume() {
		signal("CONT", all());
	}

	private List<ProcessHandle> all() {
		return Stream.concat(this.root.children(), Stream.of(this.root)).toList();
	}

	/**
	 * A child whose postmaster is dead waits for the machine's first process to collect
	 * it, which can take seconds: it holds nothing any more.
	 */
	static boolean isGone(ProcessHandle process) {
		if (!process.isAlive()) {
			return true;
		}
		try {
			String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
			return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * The shell's {@code kill} is the one that every machine has.
	 */
	private static void signal(String name, List<ProcessHandle> processes) {
		List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -\"$0\" \"$@\"", name));
		processes.forEach((process) -> command.add(String.valueOf(process.pid())));
		Commands.run(command);
	}

}
