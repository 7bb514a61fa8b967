package dev.scaling.consistency.servlet;

import java.io.IOException;
import java.io.PrintWriter;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Response that has its token when it is committed.
 */
final class SessionResponse extends HttpServletResponseWrapper {

	private final HttpServletResponse response;

	private final RequestSession session;

	SessionResponse(HttpServletResponse response, RequestSession session) {
		super(response);
		this.response = response;
		this.session = session;
	}

	RequestSession session() {
		return this.session;
	}

	/**
	 * The response that takes the headers, although others may have wrapped this one.
	 */
	HttpServletResponse response() {
		return this.response;
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		this.session.beforeCommit();
		return super.getOutputStream();
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		this.session.beforeCommit();
		return super.getWriter();
	}

	@Override
	public void flushBuffer() throws IOException {
		this.session.beforeCommit();
		super.flushBuffer();
	}

	@Override
	public void sendError(int status) throws IOException {
		this.session.beforeCommit();
		super.sendError(status);
	}

	@Override
	public void sendError(int status, @Nullable String message) throws IOException {
		this.session.beforeCommit();
		super.sendError(status, message);
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		this.session.beforeCommit();
		super.sendRedirect(location);
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		this.session.beforeCommit();
		super.sendRedirect(location, status);
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		this.session.beforeCommit();
		super.sendRedirect(location, clearBuffer);
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		this.session.beforeCommit();
		super.sendRedirect(location, status, clearBuffer);
	}

	@Override
	public void reset() {
		super.reset();
		this.session.headersLost();
	}

}
