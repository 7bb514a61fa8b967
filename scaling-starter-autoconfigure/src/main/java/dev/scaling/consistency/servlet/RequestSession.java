package dev.scaling.consistency.servlet;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * The session of a request in all its dispatches. Its token is written to the response as
 * soon as a position is known, because nobody knows when the response is going to be
 * committed. Thread-safe.
 */
final class RequestSession implements AsyncListener {

	/**
	 * How often the primary may be asked for a position: when the response is opened, and
	 * when it is done.
	 */
	private static final int MAXIMUM_QUESTIONS = 2;

	private final ConsistencySession session;

	private final CarriedTokens tokens;

	private final ConsistencyMode mode;

	/**
	 * What the client knows already.
	 */
	private final ConsistencyToken received;

	private final AtomicInteger questions = new AtomicInteger();

	private final Lock lock = new ReentrantLock();

	private ConsistencyToken sent;

	private @Nullable HttpServletRequest request;

	/**
	 * Takes the headers, and is {@code null} after the request: servers reuse their
	 * responses.
	 */
	private volatile @Nullable HttpServletResponse response;

	/**
	 * The thread of the dispatch that runs.
	 */
	private volatile @Nullable Thread thread;

	RequestSession(ConsistencySession session, CarriedTokens tokens, ConsistencyMode mode) {
		this.session = session;
		this.tokens = tokens;
		this.mode = mode;
		tokens.received().forEach(session::apply);
		this.received = tokens.received().isEmpty() ? ConsistencyToken.EMPTY : session.token(false);
		this.sent = this.received;
		session.onAdvance(this::advanced);
	}

	void run(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		SessionResponse wrapper = WebUtils.getNativeResponse(response, SessionResponse.class);
		HttpServletResponse wrapped = response;
		if (wrapper == null || wrapper.session() != this) {
			wrapper = new SessionResponse(response, this);
			wrapped = wrapper;
		}
		open(request, wrapper.response());
		try {
			ConsistencySessionFilter.run(this.session, request, wrapped, chain);
		}
		finally {
			leave(request);
		}
	}

	private void open(HttpServletRequest request, HttpServletResponse response) {
		this.lock.lock();
		try {
			this.request = request;
			this.response = response;
			this.thread = Thread.currentThread();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void leave(HttpServletRequest request) {
		if (request.isAsyncStarted()) {
			request.getAsyncContext().addListener(this);
			this.thread = null;
			return;
		}
		beforeCommit();
		close();
	}

	private void close() {
		this.lock.lock();
		try {
			this.request = null;
			this.response = null;
			this.thread = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Called by any thread that works for the session. Threads that run beside the one of
	 * the request leave its response alone: that one looks again before it commits.
	 */
	private void advanced() {
		if (this.response == null) {
			return;
		}
		this.lock.lock();
		try {
			HttpServletRequest request = this.request;
			if (this.thread == Thread.currentThread() || (request != null && request.isAsyncStarted())) {
				send();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Called when the response may be committed next.
	 */
	void beforeCommit() {
		HttpServletResponse response = this.response;
		if (response == null || !this.session.hasWritten() || response.isCommitted()) {
			return;
		}
		if (this.mode == ConsistencyMode.SESSION && !this.session.token(false).isExact()
				&& this.questions.getAndIncrement() < MAXIMUM_QUESTIONS) {
			this.session.token(true);
		}
		this.lock.lock();
		try {
			send();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Called when the headers of the response have been removed.
	 */
	void headersLost() {
		this.lock.lock();
		try {
			this.sent = this.received;
			send();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void send() {
		HttpServletResponse response = this.response;
		if (response == null || !isSendable() || response.isCommitted()) {
			return;
		}
		ConsistencyToken token = this.session.token(false);
		if (!token.hasSamePositions(this.sent) || (!token.isExact() && this.session.hasWrittenItself())) {
			this.tokens.send(response, token);
			this.sent = token;
		}
	}

	/**
	 * In the mode 'window' the time of the token is that of the last write.
	 */
	private boolean isSendable() {
		return (this.mode == ConsistencyMode.WINDOW) ? this.session.hasWrittenItself() : this.session.hasWritten();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		close();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
	}

	@Override
	public void onError(AsyncEvent event) {
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

}
