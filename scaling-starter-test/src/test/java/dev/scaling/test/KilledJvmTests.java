package dev.scaling.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what an embedded {@link PostgresCluster} and a {@link PgBouncer} leave when
 * their JVM ends.
 */
class KilledJvmTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private Process jvm;

	private Path directory;

	private List<ProcessHandle> postgres;

	private List<ProcessHandle> pgbouncer;

	@BeforeEach
	void startCluster() throws IOException {
		this.jvm = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				System.getProperty("java.class.path"), ClusterWithFaults.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(this.jvm.getInputStream(), StandardCharsets.UTF_8));
		this.directory = Path.of(output.readLine());
		this.postgres = postmasters()
			.flatMap((postmaster) -> Stream.concat(Stream.of(postmaster), postmaster.children()))
			.toList();
		assertThat(this.postgres).hasSizeGreaterThan(6);
		this.pgbouncer = Stream.of(output.readLine())
			.filter((pid) -> !pid.isEmpty())
			.flatMap((pid) -> ProcessHandle.of(Long.parseLong(pid)).stream())
			.toList();
		assertThat(this.pgbouncer).hasSize(PgBouncer.isInstalled() ? 1 : 0).noneMatch(ProcessTree::isGone);
		assertThat(this.directory).isDirectory();
	}

	@AfterEach
	void endJvm() {
		this.jvm.destroyForcibly();
	}

	@Test
	void killedJvmLeavesNothing() {
		List<String> segments = segments();
		assertThat(segments).isNotEmpty();
		this.jvm.destroyForcibly();
		await().atMost(TIMEOUT).untilAsserted(() -> {
			assertThat(this.directory).doesNotExist();
			assertThat(this.postgres).allMatch(ProcessTree::isGone);
			assertThat(this.pgbouncer).allMatch(ProcessTree::isGone);
			assertThat(segments()).isEmpty();
		});
	}

	@Test
	void jvmThatEndsWithoutClosingTheClusterLeavesNothing() throws IOException {
		this.jvm.getOutputStream().close();
		await().atMost(TIMEOUT).untilAsserted(() -> {
			assertThat(this.jvm.isAlive()).isFalse();
			assertThat(this.directory).doesNotExist();
			assertThat(this.postgres).allMatch(ProcessTree::isGone);
			assertThat(this.pgbouncer).allMatch(ProcessTree::isGone);
		});
	}

	private Stream<ProcessHandle> postmasters() throws IOException {
		try (Stream<Path> files = Files.walk(this.directory)) {
			return files.filter((file) -> file.endsWith("postmaster.pid"))
				.toList()
				.stream()
				.map(KilledJvmTests::firstLine)
				.flatMap((pid) -> ProcessHandle.of(Long.parseLong(pid)).stream());
		}
	}

	private static String firstLine(Path file) {
		try {
			return Files.readAllLines(file).get(0);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The shared memory that was created by the processes, on Linux.
	 */
	private List<String> segments() {
		try {
			List<String> pids = this.postgres.stream().map((process) -> String.valueOf(process.pid())).toList();
			return Files.readAllLines(Path.of("/proc/sysvipc/shm"))
				.stream()
				.filter((line) -> pids.contains(line.trim().split(" +")[4]))
				.toList();
		}
		catch (IOException ex) {
			return List.of();
		}
	}

}
