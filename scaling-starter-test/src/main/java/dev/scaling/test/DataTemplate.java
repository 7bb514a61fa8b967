package dev.scaling.test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;

/**
 * The data directory that {@code initdb} makes, kept beside the binaries: copying it
 * takes a tenth of the time.
 * <p>
 * A copy gets a system identifier of its own, in the two places that have one: the head
 * of {@code pg_control}, whose checksum comes last, wherever that is in this version of
 * PostgreSQL, and the header of the first WAL segment.
 */
final class DataTemplate {

	private static final int MAXIMUM_CONTROL_SIZE = 512;

	private static final int LONG_PAGE_HEADER_SYSTEM_IDENTIFIER = 24;

	private DataTemplate() {
	}

	/**
	 * Make the data directory of a new primary.
	 * @param template the template
	 * @param initializer makes the template if there is none
	 * @param data the data directory, which does not exist
	 */
	static void copy(Path template, Initializer initializer, Path data) throws IOException {
		if (!Files.exists(template)) {
			create(template, initializer, data.resolveSibling("template"));
		}
		Directories.copy(template, data);
		identify(data, (Instant.now().getEpochSecond() << 32) | ThreadLocalRandom.current().nextInt() & 0xffffffffL);
	}

	private static void create(Path template, Initializer initializer, Path created) throws IOException {
		initializer.initialize(created);
		Directories.publish(created, template);
	}

	private static void identify(Path data, long identifier) throws IOException {
		Path control = data.resolve("global/pg_control");
		ByteBuffer content = read(control);
		int checksum = checksumPosition(content);
		content.putLong(0, identifier);
		content.putInt(checksum, checksum(content, checksum));
		Files.write(control, content.array());
		Path wal = data.resolve("pg_wal/000000010000000000000001");
		content = read(wal);
		content.putLong(LONG_PAGE_HEADER_SYSTEM_IDENTIFIER, identifier);
		Files.write(wal, content.array());
	}

	private static ByteBuffer read(Path file) throws IOException {
		return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
	}

	private static int checksumPosition(ByteBuffer control) {
		for (int position = Long.BYTES; position < MAXIMUM_CONTROL_SIZE; position += Integer.BYTES) {
			if (control.getInt(position) == checksum(control, position)) {
				return position;
			}
		}
		throw new IllegalStateException("This version of PostgreSQL has an unknown pg_control");
	}

	private static int checksum(ByteBuffer content, int length) {
		CRC32C checksum = new CRC32C();
		checksum.update(content.array(), 0, length);
		return (int) checksum.getValue();
	}

	/**
	 * Makes a data directory anew.
	 */
	@FunctionalInterface
	interface Initializer {

		void initialize(Path directory) throws IOException;

	}

}
