package dev.scaling.starter.connection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A self-signed certificate of a server on 127.0.0.1.
 */
public record ServerCertificate(Path certificate, Path key) {

	private static final String PASSWORD = "changeit";

	/**
	 * Makes a certificate that is its own authority.
	 * @param directory where its files are written
	 * @param name the name of the files
	 * @return the certificate
	 * @throws IOException if a file cannot be written
	 * @throws InterruptedException if the thread is interrupted
	 * @throws GeneralSecurityException if it cannot be made
	 */
	public static ServerCertificate create(Path directory, String name)
			throws IOException, InterruptedException, GeneralSecurityException {
		Path store = directory.resolve(name + ".p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", name, "-keyalg", "RSA", "-keysize", "2048", "-validity", "30", "-dname",
				"CN=" + name, "-ext", "SAN=IP:127.0.0.1", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore",
				store.toString())
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve(name + ".log").toFile())
			.start();
		assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(keytool.exitValue()).isZero();
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream stream = Files.newInputStream(store)) {
			keys.load(stream, PASSWORD.toCharArray());
		}
		return new ServerCertificate(
				write(directory.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
				write(directory.resolve(name + ".key"), "PRIVATE KEY",
						keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
	}

	private static Path write(Path file, String type, byte[] content) throws IOException {
		Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		return Files.writeString(file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type,
				Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content)));
	}

}
