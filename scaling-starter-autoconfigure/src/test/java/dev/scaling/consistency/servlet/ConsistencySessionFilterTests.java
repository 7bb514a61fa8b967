package dev.scaling.consistency.servlet;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.scaling.consistency.Carrier;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ReadFloor;
import dev.scaling.consistency.SessionPosition;
import dev.scaling.consistency.SessionWork;
import dev.scaling.consistency.StubCluster;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.web.context.request.async.StandardServletAsyncWebRequest;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ConsistencySessionFilter}.
 */
class ConsistencySessionFilterTests {

	private final StubCluster cluster = new StubCluster("main", 4711);

	private final List<StubCluster> clusters = new ArrayList<>(List.of(this.cluster));

	private final ConsistencySessionFilter cookies = filter(Carrier.COOKIE, ConsistencyMode.SESSION);

	private final ConsistencySessionFilter headers = filter(Carrier.HEADER, ConsistencyMode.SESSION);

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void requestHasASessionAndLeavesNoneBehind() throws Exception {
		ConsistencySession before = ConsistencySession.current();
		AtomicReference<ConsistencySession> during = new AtomicReference<>();
		run(this.cookies, () -> during.set(ConsistencySession.current()));
		assertThat(during.get()).isNotNull().isNotSameAs(before);
		assertThat(ConsistencySession.current()).isSameAs(before);
	}

	@Test
	void requestThatHasNotWrittenGetsNoToken() throws Exception {
		run(this.cookies, () -> SessionWork.readPrimary(position()));
		assertThat(this.response.getHeaderNames()).isEmpty();
		run(this.headers, () -> SessionWork.readPrimary(position(), 500, 1));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void writeGivesACookie() throws Exception {
		run(this.cookies, () -> wrote(1234));
		Cookie cookie = singleCookie();
		assertThat(cookie.getName()).matches("Scaling-Session-[a-z0-9]{6}");
		assertThat(cookie.getValue()).endsWith("~main:3mv:1:4d2");
		assertThat(cookie.getPath()).isEqualTo("/");
		assertThat(cookie.getMaxAge()).isEqualTo(30);
		assertThat(cookie.isHttpOnly()).isTrue();
		assertThat(cookie.getSecure()).isFalse();
		assertThat(cookie.getAttribute("SameSite")).isEqualTo("Lax");
	}

	@Test
	void cookieOfASecureRequestIsSecure() throws Exception {
		this.request.setSecure(true);
		run(this.cookies, () -> wrote(1234));
		assertThat(singleCookie().getSecure()).isTrue();
	}

	@Test
	void cookieOfAnApplicationWithAContextPathIsForAllApplicationsOfTheHost() throws Exception {
		this.request.setContextPath("/shop");
		this.request.setRequestURI("/shop/cart");
		run(this.cookies, () -> wrote(1234));
		assertThat(singleCookie().getPath()).isEqualTo("/");
	}

	@Test
	void writeGivesAHeader() throws Exception {
		run(this.headers, () -> wrote(1234));
		assertThat(this.response.getHeaderNames()).containsExactly("Scaling-Session");
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:4d2");
	}

	@Test
	void headerIsReplacedByALaterOne() throws Exception {
		run(this.headers, () -> {
			wrote(1234);
			wrote(1235);
		});
		assertThat(this.response.getHeaders("Scaling-Session")).singleElement().asString().endsWith(":4d3");
	}

	@Test
	void cookieIsReplacedByALaterOneAndAllOthersStay() throws Exception {
		run(this.cookies, () -> {
			this.response.addCookie(new Cookie("theme", "dark"));
			wrote(1234);
			this.response.addHeader(HttpHeaders.SET_COOKIE, "language=en; Path=/; SameSite=Strict");
			wrote(1235);
			this.response.addCookie(new Cookie("last", "1"));
		});
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSize(4)
			.anySatisfy((header) -> assertThat(header).startsWith("theme=dark"))
			.anySatisfy((header) -> assertThat(header).startsWith("language=en").contains("SameSite=Strict"))
			.anySatisfy((header) -> assertThat(header).startsWith("last=1"))
			.anySatisfy((header) -> assertThat(header).startsWith("Scaling-Session-").contains(":4d3;"));
	}

	@Test
	void eachResponseHasACookieOfItsOwn() throws Exception {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			MockHttpServletResponse response = new MockHttpServletResponse();
			this.cookies.doFilter(new MockHttpServletRequest(), response, chain(() -> wrote(1234)));
			names.add(response.getCookies()[0].getName());
		}
		assertThat(names).doesNotHaveDuplicates();
	}

	@Test
	void cookiesOfTheRequestAreMergedAndDeleted() throws Exception {
		this.request.setCookies(new Cookie("theme", "dark"), new Cookie("Scaling-Session-a", token("main:3mv:1:100")),
				new Cookie("Scaling-Session-b", token("main:3mv:1:300")),
				new Cookie("Scaling-Session-c", token("main:3mv:1:200")));
		run(this.cookies, () -> {
			assertThat(isCovered(0x2FF)).isFalse();
			assertThat(isCovered(0x300)).isTrue();
			wrote(0x301);
		});
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSize(4)
			.anySatisfy((header) -> assertThat(header).contains("~main:3mv:1:301;"))
			.anySatisfy((header) -> assertThat(header).startsWith("Scaling-Session-a=; Path=/; Max-Age=0"))
			.anySatisfy((header) -> assertThat(header).startsWith("Scaling-Session-b=; Path=/; Max-Age=0"))
			.anySatisfy((header) -> assertThat(header).startsWith("Scaling-Session-c=; Path=/; Max-Age=0"));
	}

	@Test
	void requestThatAddsNothingLeavesItsCookiesAlone() throws Exception {
		this.request.setCookies(new Cookie("Scaling-Session-a", token("main:3mv:1:100")),
				new Cookie("Scaling-Session-b", token("main:3mv:1:300")));
		run(this.cookies, () -> {
		});
		assertThat(this.response.getHeaderNames()).isEmpty();
		assertThat(this.cluster.questions()).isZero();
	}

	@Test
	void readOfASessionThatHasWrittenGivesATokenIfItHasSeenMore() throws Exception {
		this.request.setCookies(new Cookie("Scaling-Session-a", token("main:3mv:1:300")));
		run(this.cookies, () -> SessionWork.readPrimary(position(), 0x301, 1));
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSize(2)
			.anySatisfy((header) -> assertThat(header).contains("~main:3mv:1:301;"));
	}

	@Test
	void headersOfTheRequestAreMerged() throws Exception {
		this.request.addHeader("Scaling-Session", token("main:3mv:1:100") + ", " + token("main:3mv:1:300"));
		this.request.addHeader("Scaling-Session", token("main:3mv:1:200"));
		run(this.headers, () -> {
			assertThat(isCovered(0x2FF)).isFalse();
			assertThat(isCovered(0x300)).isTrue();
			wrote(0x301);
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:301");
	}

	@Test
	void positionThatIsNotKnownIsAskedBeforeTheResponseIsCommitted() throws Exception {
		this.cluster.position(0x500);
		this.headers.doFilter(this.request, this.response, (request, response) -> {
			SessionWork.write(position());
			assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:?");
			assertThat(this.cluster.questions()).isZero();
			response.getWriter().write("done");
			response.flushBuffer();
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:500");
		assertThat(this.cluster.questions()).isOne();
	}

	@Test
	void positionThatIsNotKnownIsAskedAtTheEndOfAResponseWithoutBody() throws Exception {
		this.cluster.position(0x500);
		run(this.headers, () -> {
			SessionWork.write(position());
			SessionWork.write(position());
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:500");
		assertThat(this.cluster.questions()).isOne();
	}

	@Test
	void positionThatIsNotKnownIsAskedAfterAnException() {
		this.cluster.position(0x500);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> run(this.headers, () -> {
			SessionWork.write(position());
			throw new IllegalStateException("Asked to fail");
		}));
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:500");
	}

	@Test
	void primaryIsAskedTwiceAtMost() throws Exception {
		this.cluster.silence();
		this.headers.doFilter(this.request, this.response, (request, response) -> {
			for (int i = 0; i < 10; i++) {
				SessionWork.write(position());
				response.getWriter();
			}
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:?");
		assertThat(this.cluster.questions()).isEqualTo(2);
	}

	@Test
	void unknownTokenOfACommittedResponseStays() throws Exception {
		this.cluster.silence();
		this.headers.doFilter(this.request, this.response, (request, response) -> {
			SessionWork.write(position());
			response.flushBuffer();
			wrote(0x600);
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:?");
	}

	@Test
	void tokenIsThereBeforeAnErrorOrARedirectIsSent() throws Exception {
		for (Work work : List.<Work>of((response) -> response.sendError(404),
				(response) -> response.sendError(404, "no"), (response) -> response.sendRedirect("/"),
				(response) -> response.sendRedirect("/", 303), HttpServletResponse::flushBuffer,
				HttpServletResponse::getWriter, HttpServletResponse::getOutputStream)) {
			StubCluster cluster = new StubCluster("main", 4711);
			this.clusters.set(0, cluster);
			cluster.position(0x500);
			MockHttpServletResponse target = new MockHttpServletResponse();
			this.headers.doFilter(new MockHttpServletRequest(), target, (request, response) -> {
				SessionWork.write(ConsistencySession.current().position(cluster));
				work.on((HttpServletResponse) response);
				assertThat(target.getHeader("Scaling-Session")).endsWith("~main:3mv:1:500");
			});
			assertThat(cluster.questions()).isOne();
		}
	}

	@Test
	void tokenSurvivesAReset() throws Exception {
		this.request.setCookies(new Cookie("Scaling-Session-a", token("main:3mv:1:300")));
		this.cookies.doFilter(this.request, this.response, (request, response) -> {
			wrote(0x500);
			response.reset();
		});
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSize(2)
			.anySatisfy((header) -> assertThat(header).contains("~main:3mv:1:500;"));
	}

	@Test
	void errorDispatchBelongsToTheSessionOfItsRequest() throws Exception {
		AtomicReference<ConsistencySession> session = new AtomicReference<>();
		run(this.headers, () -> session.set(ConsistencySession.current()));
		this.request.setDispatcherType(DispatcherType.ERROR);
		run(this.headers, () -> {
			assertThat(ConsistencySession.current()).isSameAs(session.get());
			wrote(0x500);
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:500");
	}

	@Test
	void errorDispatchOfARequestWithoutCarrierBelongsToItsSession() throws Exception {
		ConsistencySessionFilter filter = filter(Carrier.NONE, ConsistencyMode.SESSION);
		AtomicReference<ConsistencySession> session = new AtomicReference<>();
		run(filter, () -> session.set(ConsistencySession.current()));
		this.request.setDispatcherType(DispatcherType.ERROR);
		run(filter, () -> assertThat(ConsistencySession.current()).isSameAs(session.get()));
	}

	@Test
	void asynchronousWorkBelongsToTheSessionOfItsRequest() throws Exception {
		this.request.setAsyncSupported(true);
		AtomicReference<ConsistencySession> session = new AtomicReference<>();
		AtomicReference<HttpServletResponse> wrapped = new AtomicReference<>();
		this.headers.doFilter(this.request, this.response, (request, response) -> {
			session.set(ConsistencySession.current());
			wrapped.set((HttpServletResponse) response);
			request.startAsync(request, response);
		});
		inThread(() -> session.get().run(() -> wrote(0x500)));
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:500");
		this.request.setDispatcherType(DispatcherType.ASYNC);
		this.request.setAsyncStarted(false);
		this.headers.doFilter(this.request, wrapped.get(), (request, response) -> {
			assertThat(response).isSameAs(wrapped.get());
			assertThat(ConsistencySession.current()).isSameAs(session.get());
			wrote(0x501);
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:501");
	}

	@Test
	void asynchronousDispatchThroughAnotherWrapperIsNotWrappedTwice() throws Exception {
		AtomicReference<HttpServletResponse> wrapped = new AtomicReference<>();
		this.request.setAsyncSupported(true);
		this.headers.doFilter(this.request, this.response, (request, response) -> {
			wrapped.set(new HttpServletResponseWrapper((HttpServletResponse) response));
			request.startAsync(request, response);
		});
		this.request.setDispatcherType(DispatcherType.ASYNC);
		this.request.setAsyncStarted(false);
		this.headers.doFilter(this.request, wrapped.get(), (request, response) -> {
			assertThat(response).isSameAs(wrapped.get());
			wrote(0x501);
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:501");
	}

	@ParameterizedTest
	@EnumSource
	void callableOfAControllerBelongsToTheSessionOfItsRequest(Carrier carrier) throws Exception {
		this.request.setAsyncSupported(true);
		AtomicReference<ConsistencySession> session = new AtomicReference<>();
		AtomicReference<ConsistencySession> ofCallable = new AtomicReference<>();
		List<ConsistencySession> ofThread = new ArrayList<>();
		WebAsyncManager manager = WebAsyncUtils.getAsyncManager(this.request);
		manager.setAsyncWebRequest(new StandardServletAsyncWebRequest(this.request, this.response));
		manager.setTaskExecutor(new AsyncTaskExecutor() {

			@Override
			public void execute(Runnable task) {
				inThread(() -> {
					ofThread.add(ConsistencySession.current());
					task.run();
					ofThread.add(ConsistencySession.current());
				});
			}

		});
		filter(carrier, ConsistencyMode.SESSION).doFilter(this.request, this.response, (request, response) -> {
			session.set(ConsistencySession.current());
			try {
				manager.startCallableProcessing(() -> {
					ofCallable.set(ConsistencySession.current());
					throw new IllegalStateException("Asked to fail");
				});
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(ofCallable.get()).isNotNull().isSameAs(session.get());
		assertThat(ofThread).hasSize(2).doesNotContain(session.get());
		assertThat(ofThread.get(1)).isSameAs(ofThread.get(0));
	}

	@Test
	void threadBesideTheRequestLeavesItsResponseAlone() throws Exception {
		run(this.headers, () -> {
			ConsistencySession session = ConsistencySession.current();
			inThread(() -> session.run(() -> wrote(0x500)));
			assertThat(this.response.getHeaderNames()).isEmpty();
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:500");
	}

	@Test
	void taskThatOutlivesTheRequestLeavesItsResponseAlone() throws Exception {
		AtomicReference<ConsistencySession> session = new AtomicReference<>();
		run(this.headers, () -> session.set(ConsistencySession.current()));
		session.get().run(() -> wrote(0x500));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void taskThatOutlivesAnAsynchronousRequestLeavesItsResponseAlone() throws Exception {
		this.request.setAsyncSupported(true);
		AtomicReference<ConsistencySession> session = new AtomicReference<>();
		this.headers.doFilter(this.request, this.response, (request, response) -> {
			session.set(ConsistencySession.current());
			request.startAsync(request, response);
		});
		MockAsyncContext context = (MockAsyncContext) this.request.getAsyncContext();
		assertThat(context).isNotNull();
		assertThat(context.getListeners()).hasSize(1);
		context.getListeners().get(0).onComplete(new AsyncEvent(context));
		session.get().run(() -> wrote(0x500));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "?", "1~lx3k", "0~lx3k~main:1:10", "1~lx3k~main:3mv:1:zz", "%00%0d%0a", "\u0000", "=;=;",
			"1~zzzzzzzz~main:3mv:1:7fffffffffffffff" })
	void forgedTokenIsFollowedToThePrimary(String text) {
		assertThatNoException().isThrownBy(() -> {
			this.request.addHeader(HttpHeaders.COOKIE, "a=b; Scaling-Session-a=" + text + "; c=d");
			run(this.cookies, () -> assertThat(isCovered(Long.MAX_VALUE)).isFalse());
			MockHttpServletRequest request = new MockHttpServletRequest();
			request.addHeader("Scaling-Session", text);
			this.headers.doFilter(request, this.response, chain(() -> assertThat(isCovered(Long.MAX_VALUE)).isFalse()));
		});
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:1:3e8");
	}

	@Test
	void hugeHeaderIsFollowedToThePrimary() throws Exception {
		this.request.addHeader(HttpHeaders.COOKIE, "Scaling-Session=" + "x".repeat(1_000_000));
		run(this.cookies, () -> assertThat(isCovered(Long.MAX_VALUE)).isFalse());
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.addHeader("Scaling-Session", "x".repeat(1_000_000));
		this.headers.doFilter(request, this.response, chain(() -> assertThat(isCovered(Long.MAX_VALUE)).isFalse()));
	}

	@ParameterizedTest
	@MethodSource("carriers")
	void moreTokensThanAreReadAreFollowedToThePrimary(Carrier carrier) throws Exception {
		String token = token("main:3mv:1:100");
		IntStream.range(0, 64).forEach((i) -> add(carrier, "n" + i, token));
		run(filter(carrier, ConsistencyMode.SESSION), () -> assertThat(isCovered(0x100)).isTrue());
		IntStream.range(64, 5000).forEach((i) -> add(carrier, "n" + i, token));
		this.request.removeAttribute(ConsistencySessionFilter.class.getName() + ".SESSION");
		run(filter(carrier, ConsistencyMode.SESSION), () -> {
			assertThat(isCovered(Long.MAX_VALUE)).isFalse();
			wrote(0x500);
		});
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSizeLessThanOrEqualTo(33);
	}

	@Test
	void cookieWithAStrangeNameIsReadAndNotRepeated() throws Exception {
		this.request.addHeader(HttpHeaders.COOKIE, "Scaling-Session-\"x\ty\"=" + token("main:3mv:1:300"));
		run(this.cookies, () -> {
			assertThat(isCovered(0x2FF)).isFalse();
			wrote(0x500);
		});
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSize(1);
	}

	@Test
	void otherCookiesAreNotTokens() throws Exception {
		this.request.addHeader(HttpHeaders.COOKIE, "My-Scaling-Session=1; a=Scaling-Session-x=2; Scaling-Session");
		run(this.cookies, () -> assertThat(position().isUnbound()).isTrue());
	}

	@Test
	void tokenOfAnotherSystemMeansNothingHere() throws Exception {
		this.request.setCookies(new Cookie("Scaling-Session-a", token("main:zzz:1:7fffffff")));
		run(this.cookies, () -> {
			assertThat(position().isUnbound()).isTrue();
			SessionWork.readPrimary(position());
			SessionWork.readPrimary(position(), 0x100, 1);
		});
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void tokenOfAnotherSystemIsPassedOn() throws Exception {
		this.request.setCookies(new Cookie("Scaling-Session-a", token("main:zzz:1:7fffffff")));
		run(this.cookies, () -> wrote(0x500));
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSize(2)
			.anySatisfy((header) -> assertThat(header).contains("~main:3mv:1:500~main:zzz:1:7fffffff;"));
	}

	@Test
	void windowIsNotProlongedByReads() throws Exception {
		ConsistencySessionFilter filter = filter(Carrier.HEADER, ConsistencyMode.WINDOW);
		this.request.addHeader("Scaling-Session", token("main:3mv:1:300"));
		run(filter, () -> {
			SessionWork.readPrimary(position(), 0x301, 1);
			SessionWork.readPrimary(position());
		});
		assertThat(this.response.getHeaderNames()).isEmpty();
		assertThat(this.cluster.questions()).isZero();
	}

	@Test
	void windowStartsWithAWriteAndNobodyIsAsked() throws Exception {
		run(filter(Carrier.HEADER, ConsistencyMode.WINDOW), () -> SessionWork.write(position()));
		assertThat(this.response.getHeader("Scaling-Session")).endsWith("~main:3mv:?");
		assertThat(this.cluster.questions()).isZero();
	}

	@Test
	void requestWithoutCarrierIsASession() throws Exception {
		AtomicReference<ConsistencySession> session = new AtomicReference<>();
		this.request.addHeader("Scaling-Session", token("main:3mv:1:300"));
		this.request.setCookies(new Cookie("Scaling-Session-a", token("main:3mv:1:300")));
		ConsistencySession before = ConsistencySession.current();
		this.filter(Carrier.NONE, ConsistencyMode.SESSION)
			.doFilter(this.request, this.response, (request, response) -> {
				session.set(ConsistencySession.current());
				assertThat(response).isSameAs(this.response);
				assertThat(position().isUnbound()).isTrue();
				wrote(0x500);
			});
		assertThat(session.get()).isNotSameAs(before);
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void nothingIsDoneWithoutReplicas() throws Exception {
		this.clusters.clear();
		ConsistencySession before = ConsistencySession.current();
		this.cookies.doFilter(this.request, this.response, (request, response) -> {
			assertThat(response).isSameAs(this.response);
			assertThat(ConsistencySession.current()).isSameAs(before);
		});
		assertThat(this.request.getAttributeNames().asIterator()).isExhausted();
	}

	@ParameterizedTest
	@MethodSource("carriers")
	void tokensAreCountedByWhatBecomesOfThem(Carrier carrier) throws Exception {
		ConsistencySessionFilter filter = filter(carrier, ConsistencyMode.SESSION);
		add(carrier, "a", token("main:3mv:1:100"));
		add(carrier, "b", token("main:?"));
		add(carrier, "c", "1~" + Long.toString(System.currentTimeMillis() - 31_000, 36) + "~main:3mv:1:100");
		add(carrier, "d", "made-up");
		run(filter, () -> {
		});
		assertThat(filter.tokens(TokenResult.ACCEPTED)).isEqualTo(2);
		assertThat(filter.tokens(TokenResult.EXPIRED)).isOne();
		assertThat(filter.tokens(TokenResult.UNREADABLE)).isOne();
	}

	@Test
	void exceptionsPassThrough() {
		for (Exception exception : List.of(new IOException(), new ServletException(), new IllegalStateException())) {
			assertThatExceptionOfType(exception.getClass())
				.isThrownBy(() -> this.cookies.doFilter(new MockHttpServletRequest(), this.response,
						(request, response) -> doThrow(exception)))
				.isSameAs(exception);
		}
	}

	static Stream<Carrier> carriers() {
		return Stream.of(Carrier.COOKIE, Carrier.HEADER);
	}

	@SuppressWarnings("unchecked")
	private static <E extends Exception> void doThrow(Exception exception) throws E {
		throw (E) exception;
	}

	private void add(Carrier carrier, String id, String token) {
		if (carrier == Carrier.COOKIE) {
			this.request.addHeader(HttpHeaders.COOKIE, "Scaling-Session-" + id + "=" + token);
		}
		else {
			this.request.addHeader("Scaling-Session", token);
		}
	}

	private ConsistencySessionFilter filter(Carrier carrier, ConsistencyMode mode) {
		ConsistencySessionFilter filter = new ConsistencySessionFilter(carrier, mode, Duration.ofSeconds(30),
				() -> this.clusters);
		filter.setServletContext(new MockServletContext());
		return filter;
	}

	private void run(ConsistencySessionFilter filter, Runnable work) throws ServletException, IOException {
		filter.doFilter(this.request, this.response, chain(work));
	}

	private static FilterChain chain(Runnable work) {
		return (request, response) -> work.run();
	}

	private SessionPosition position() {
		return ConsistencySession.current().position(this.cluster);
	}

	private void wrote(long position) {
		SessionWork.write(position(), position, 1);
	}

	private void read(long position) {
		SessionWork.readReplica(position(), new ReadFloor(StubCluster.REPLICA, this.cluster.epoch(), position));
	}

	/**
	 * Whether the session may read from a replica that has replayed up to a position.
	 */
	private boolean isCovered(long position) {
		return this.cluster.covers(position(), position);
	}

	private Cookie singleCookie() {
		assertThat(this.response.getHeaders(HttpHeaders.SET_COOKIE)).hasSize(1);
		return Arrays.stream(this.response.getCookies()).findFirst().orElseThrow();
	}

	private static String token(String positions) {
		return "1~" + Long.toString(System.currentTimeMillis(), 36) + "~" + positions;
	}

	private static void inThread(Runnable work) {
		Throwable[] failure = new Throwable[1];
		Thread thread = new Thread(work);
		thread.setUncaughtExceptionHandler((t, ex) -> failure[0] = ex);
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		@Nullable Throwable thrown = failure[0];
		assertThat(thrown).isNull();
	}

	@FunctionalInterface
	interface Work {

		void on(HttpServletResponse response) throws IOException;

	}

}
