package dev.scaling.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Runs small programs of the machine.
 */
final class Commands {

	private Commands() {
	}

	/**
	 * Run a command and drop its output.
	 * @param command the words of the command
	 * @return whether it succeeded
	 */
	static boolean run(List<String> command) {
		try {
			return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
