package dev.scaling.test;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.zonky.test.db.postgres.util.ArchUtils;

/**
 * What matters of the machine to embedded servers. PostgreSQL refuses to run as root; in
 * a user namespace, it does not see that it is.
 */
record Platform(String system, String architecture, boolean alpine, boolean root, boolean userNamespaces) {

	private static final List<String> SUPPORTED_SYSTEMS = List.of("linux", "darwin");

	private static final Platform CURRENT = detect();

	static Platform current() {
		return CURRENT;
	}

	private static Platform detect() {
		String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
		String system = name.startsWith("mac") ? "darwin" : name.split(" ")[0];
		boolean root = "root".equals(System.getProperty("user.name"));
		return new Platform(system, ArchUtils.normalize(System.getProperty("os.arch")),
				Files.exists(Path.of("/etc/alpine-release")), root, root && hasUserNamespaces());
	}

	private static boolean hasUserNamespaces() {
		try {
			return Commands.run(List.of("unshare", "-U", "true"));
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	/**
	 * Check that embedded servers can run.
	 * @throws IllegalStateException if they cannot, with the cure
	 */
	void check() {
		if (!SUPPORTED_SYSTEMS.contains(this.system)) {
			throw new IllegalStateException(
					"PostgreSQL cannot be embedded on '%s', only on Linux and macOS: use ".formatted(this.system)
							+ "Engine.TESTCONTAINERS");
		}
		if (this.root && !this.userNamespaces) {
			throw new IllegalStateException("PostgreSQL refuses to run as root, and 'unshare -U' gives no user"
					+ " namespace to hide it in: run as another user, allow user namespaces (for a Docker container:"
					+ " --security-opt seccomp=unconfined), or use Engine.TESTCONTAINERS");
		}
	}

	/**
	 * The name of the resource that holds the binaries.
	 * @return the name of the archive
	 */
	String archive() {
		return "postgres-%s-%s%s.txz".formatted(this.system, this.architecture, this.alpine ? "-alpine_linux" : "");
	}

	/**
	 * The command that runs a program of PostgreSQL apart from this JVM: away from the
	 * terminal's Ctrl-C, and not as root.
	 * @return the first words of the command
	 */
	List<String> launcher() {
		List<String> launcher = new ArrayList<>();
		if (isLinux()) {
			launcher.add("setsid");
		}
		if (this.root) {
			launcher.addAll(List.of("unshare", "-U"));
		}
		return launcher;
	}

	boolean isLinux() {
		return this.system.equals("linux");
	}

}
