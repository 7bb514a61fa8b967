package dev.scaling.starter.sharding.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

/**
 * A Redis of this process on the loopback interface, which keeps nothing on the disk.
 */
final class RedisServer implements AutoCloseable {

	private static final Path BINARY = Path.of("/usr/bin/redis-server");

	private final int port;

	private Process process;

	private RedisServer(int port) throws IOException {
		this.port = port;
		this.process = launch(port);
	}

	static boolean isInstalled() {
		return Files.isExecutable(BINARY);
	}

	static RedisServer start() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			int port = socket.getLocalPort();
			socket.close();
			return new RedisServer(port);
		}
	}

	private static Process launch(int port) throws IOException {
		Process process = new ProcessBuilder(BINARY.toString(), "--bind", "127.0.0.1", "--port", String.valueOf(port),
				"--save", "", "--appendonly", "no")
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		Awaitility.await().ignoreExceptions().until(() -> {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			}
			return true;
		});
		return process;
	}

	int port() {
		return this.port;
	}

	/**
	 * Ends it as {@code kill -9} does.
	 */
	void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	/**
	 * Starts it again, empty.
	 */
	void restart() throws IOException {
		this.process = launch(this.port);
	}

	void stop() throws Exception {
		signal("STOP");
	}

	void resume() throws Exception {
		signal("CONT");
	}

	private void signal(String name) throws Exception {
		Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(this.process.pid())).start();
		if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
			throw new IllegalStateException("SIG" + name + " could not be sent to " + this.process.pid());
		}
	}

	@Override
	public void close() throws InterruptedException {
		kill();
	}

}
