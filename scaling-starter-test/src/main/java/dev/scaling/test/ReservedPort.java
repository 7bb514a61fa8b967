package dev.scaling.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of the loopback interface that stays ours while its server is down.
 * <p>
 * The socket is bound but does not listen: connections are refused, and nobody else gets
 * the port. Linux lets the server listen on it all the same.
 */
final class ReservedPort implements AutoCloseable {

	private static final String HOST = "127.0.0.1";

	private final boolean shareable;

	private final int number;

	private Socket socket;

	ReservedPort(boolean shareable) {
		this.shareable = shareable;
		this.socket = bind(0);
		this.number = this.socket.getLocalPort();
	}

	String host() {
		return HOST;
	}

	int number() {
		return this.number;
	}

	/**
	 * Let the server have the port.
	 */
	void lend() {
		if (!this.shareable) {
			close();
		}
	}

	/**
	 * Hold the port again, after the server is gone.
	 */
	void takeBack() {
		if (this.socket.isClosed()) {
			this.socket = bind(this.number);
		}
	}

	private Socket bind(int port) {
		Socket socket = new Socket();
		try {
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(HOST, port));
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Port %d cannot be had".formatted(port), ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
