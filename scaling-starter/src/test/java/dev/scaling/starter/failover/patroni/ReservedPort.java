package dev.scaling.starter.failover.patroni;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A port of the loopback interface that stays ours while its server is down. The socket
 * is bound and does not listen: Linux lets the server do so, and nobody else gets the
 * port before the JVM ends.
 */
final class ReservedPort {

	private static final String HOST = "127.0.0.1";

	private final Socket socket = new Socket();

	ReservedPort() {
		try {
			this.socket.setReuseAddress(true);
			this.socket.bind(new InetSocketAddress(HOST, 0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	int number() {
		return this.socket.getLocalPort();
	}

	@Override
	public String toString() {
		return HOST + ":" + number();
	}

}
