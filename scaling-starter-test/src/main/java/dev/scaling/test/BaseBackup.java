package dev.scaling.test;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * Copies the data directory of a running server, as {@code pg_basebackup} does.
 */
final class BaseBackup extends SimpleFileVisitor<Path> {

	private static final Set<String> DIRECTORIES_WITHOUT_CONTENT = Set.of("pg_wal", "pg_replslot", "pg_dynshmem",
			"pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans");

	private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "standby.signal",
			"backup_label", "pg_internal.init");

	private final Path source;

	private final Path target;

	private BaseBackup(Path source, Path target) {
		this.source = source;
		this.target = target;
	}

	static void take(Console console, Path source, Path target) throws IOException {
		IOException failure = console.run((connection) -> {
			Console.query(connection, "SELECT pg_backup_start('postgres-cluster', fast => true)");
			try {
				Files.walkFileTree(source, new BaseBackup(source, target));
				String label = Console.query(connection,
						"SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)");
				Files.writeString(target.resolve("backup_label"), String.valueOf(label));
				return null;
			}
			catch (IOException ex) {
				return ex;
			}
		});
		if (failure != null) {
			throw failure;
		}
	}

	@Override
	public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
		String name = directory.getFileName().toString();
		if (name.startsWith("pgsql_tmp")) {
			return FileVisitResult.SKIP_SUBTREE;
		}
		Path copy = copyOf(directory);
		Directories.createPrivately(copy);
		if (this.source.equals(directory.getParent()) && DIRECTORIES_WITHOUT_CONTENT.contains(name)) {
			if (name.equals("pg_wal")) {
				Directories.createPrivately(copy.resolve("archive_status"));
			}
			return FileVisitResult.SKIP_SUBTREE;
		}
		return FileVisitResult.CONTINUE;
	}

	@Override
	public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
		if (!LEFT_OUT.contains(file.getFileName().toString())) {
			try {
				Files.copy(file, copyOf(file));
			}
			catch (NoSuchFileException ex) {
				// The server dropped it meanwhile; WAL replay does the same
			}
		}
		return FileVisitResult.CONTINUE;
	}

	@Override
	public FileVisitResult visitFileFailed(Path file, IOException ex) throws IOException {
		if (ex instanceof NoSuchFileException) {
			return FileVisitResult.CONTINUE;
		}
		throw ex;
	}

	private Path copyOf(Path path) {
		return this.target.resolve(this.source.relativize(path));
	}

}
