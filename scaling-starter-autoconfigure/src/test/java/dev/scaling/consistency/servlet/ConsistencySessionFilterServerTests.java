package dev.scaling.consistency.servlet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import dev.scaling.consistency.Carrier;
import dev.scaling.consistency.ConsistencyMode;
import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.SessionPosition;
import dev.scaling.consistency.SessionWork;
import dev.scaling.consistency.StubCluster;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConsistencySessionFilter} on web servers.
 */
@ParameterizedClass
@EnumSource
class ConsistencySessionFilterServerTests {

	private final WebServer type;

	private final StubCluster cluster = new StubCluster("main", 4711);

	private final HttpClient client = HttpClient.newHttpClient();

	private final CountDownLatch responded = new CountDownLatch(1);

	private WebServer.Running server;

	@TempDir
	Path directory;

	ConsistencySessionFilterServerTests(WebServer type) {
		this.type = type;
	}

	@BeforeEach
	void start() throws Exception {
		this.cluster.position(0x500);
		this.server = this.type.start(new ConsistencySessionFilter(Carrier.COOKIE, ConsistencyMode.SESSION,
				Duration.ofSeconds(30), () -> List.of(this.cluster)), new Work(), this.directory.toString());
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
	}

	@Test
	void readGivesNoCookie() throws Exception {
		assertThat(cookies("/read,body")).isEmpty();
	}

	@Test
	void writeGivesACookie() throws Exception {
		assertThat(cookies("/write,body")).singleElement()
			.asString()
			.matches("Scaling-Session-[a-z0-9]{6}=1~[a-z0-9]+~main:3mv:1:100; Path=/; Max-Age=30; .*");
	}

	@Test
	void latestOfManyWritesCounts() throws Exception {
		assertThat(cookies("/write,write,unknown,write,body")).singleElement().asString().contains("~main:3mv:1:500;");
		assertThat(this.cluster.questions()).isOne();
	}

	@Test
	void responseWithoutBodyHasItsCookie() throws Exception {
		assertThat(cookies("/unknown")).singleElement().asString().contains("~main:3mv:1:500;");
	}

	@Test
	void writeAfterTheFirstBytesIsInTheCookie() throws Exception {
		assertThat(cookies("/body,write")).singleElement().asString().contains("~main:3mv:1:100;");
	}

	@Test
	void writeAfterTheResponseWasCommittedIsNot() throws Exception {
		assertThat(cookies("/write,body,flush,write")).singleElement().asString().contains("~main:3mv:1:100;");
	}

	@Test
	void othersCookiesStay() throws Exception {
		assertThat(cookies("/cookie,write,session,write,cookie,body")).hasSize(4)
			.anySatisfy((cookie) -> assertThat(cookie).startsWith("theme1=dark").contains("SameSite=Strict"))
			.anySatisfy((cookie) -> assertThat(cookie).startsWith("JSESSIONID="))
			.anySatisfy((cookie) -> assertThat(cookie).startsWith("theme2=dark"))
			.anySatisfy((cookie) -> assertThat(cookie).contains("~main:3mv:1:101;"));
	}

	@Test
	void cookiesOfTheRequestAreDeleted() throws Exception {
		assertThat(cookies("/write,write,body",
				"a=b; Scaling-Session-x1=" + token("main:3mv:1:90") + "; Scaling-Session-x2=" + token("main:3mv:1:80")))
			.hasSize(3)
			.anySatisfy((cookie) -> assertThat(cookie).contains("~main:3mv:1:101;"))
			.contains("Scaling-Session-x1=; Path=/; Max-Age=0", "Scaling-Session-x2=; Path=/; Max-Age=0");
	}

	@Test
	void errorsAndRedirectsHaveTheirCookie() throws Exception {
		for (String end : List.of("error", "throw", "redirect", "reset", "forward")) {
			HttpResponse<String> response = get("/unknown," + end, null);
			assertThat(response.headers().allValues("Set-Cookie")).as(end)
				.singleElement()
				.asString()
				.contains("~main:3mv:1:500;");
		}
	}

	@Test
	void writeOfAnErrorPageIsInTheCookie() throws Exception {
		assertThat(cookies("/write,page,error")).singleElement().asString().contains("~main:3mv:1:101;");
	}

	@Test
	void asynchronousWorkGivesACookie() throws Exception {
		for (String end : List.of("complete", "dispatch", "stream")) {
			assertThat(cookies("/async," + end)).as(end).singleElement().asString().contains("~main:3mv:1:");
		}
	}

	@Test
	void workAfterTheRequestGivesNone() throws Exception {
		assertThat(cookies("/later,body")).isEmpty();
		this.responded.countDown();
		for (int i = 0; i < 20; i++) {
			assertThat(cookies("/read,body")).isEmpty();
		}
	}

	@Test
	void malformedCookiesAreNoError() throws Exception {
		for (String cookie : List.of("Scaling-Session-a=\"1~2; b", "bad\"c{o}o,kie=\"x; Scaling-Session-a=1~~",
				"=; ;;=;Scaling-Session", "Scaling-Session-a=\u00e4\u00f6", "a b=c d; Scaling-Session-a=@")) {
			HttpResponse<String> response = get("/write,body", cookie);
			assertThat(response.statusCode()).as(cookie).isEqualTo(200);
			assertThat(response.headers().allValues("Set-Cookie")).isNotEmpty();
		}
	}

	@Test
	void manyCookiesAreNoError() throws Exception {
		StringBuilder cookies = new StringBuilder();
		IntStream.range(0, 100)
			.forEach((i) -> cookies.append("Scaling-Session-abc")
				.append(100 + i)
				.append('=')
				.append(token("main:3mv:1:90"))
				.append("; "));
		assertThat(cookies).hasSizeLessThan(8000);
		HttpResponse<String> response = get("/write,body", cookies.toString());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().allValues("Set-Cookie")).hasSize(33);
	}

	private List<String> cookies(String path) throws Exception {
		return cookies(path, null);
	}

	private List<String> cookies(String path, String cookie) throws Exception {
		return get(path, cookie).headers().allValues("Set-Cookie");
	}

	private HttpResponse<String> get(String path, String cookie) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:" + this.server.port() + path));
		if (cookie != null) {
			request.header("Cookie", cookie);
		}
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static String token(String positions) {
		return "1~" + Long.toString(System.currentTimeMillis(), 36) + "~" + positions;
	}

	/**
	 * Does what the path says, step by step.
	 */
	private final class Work extends HttpServlet {

		private static final long serialVersionUID = 1;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (request.getDispatcherType() == DispatcherType.ERROR) {
				if (request.getAttribute("page") != null) {
					SessionWork.write(position(), 0x101, 1);
				}
				response.getWriter().print("error");
				return;
			}
			if (request.getDispatcherType() == DispatcherType.ASYNC) {
				response.getWriter().print("dispatched");
				return;
			}
			int writes = 0;
			for (String step : request.getRequestURI().substring(1).split(",")) {
				switch (step) {
					case "page" -> request.setAttribute("page", "written by the page");
					case "read" -> SessionWork.readPrimary(position());
					case "write" -> SessionWork.write(position(), 0x100 + writes++, 1);
					case "unknown" -> SessionWork.write(position());
					case "body" -> response.getOutputStream().print("done");
					case "flush" -> response.flushBuffer();
					case "cookie" -> addCookie(response, writes);
					case "session" -> request.getSession();
					case "error" -> response.sendError(404);
					case "throw" -> throw new IllegalStateException("Asked to fail");
					case "redirect" -> response.sendRedirect("/read");
					case "reset" -> response.reset();
					case "forward" -> forward(request, response);
					case "async" -> request.startAsync(request, response);
					case "complete", "dispatch", "stream" -> goOn(step, request.getAsyncContext());
					case "later" -> later();
					default -> throw new IllegalArgumentException(step);
				}
			}
		}

		private static void addCookie(HttpServletResponse response, int number) {
			Cookie cookie = new Cookie("theme" + (number + 1 - number / 2), "dark");
			cookie.setAttribute("SameSite", "Strict");
			response.addCookie(cookie);
		}

		private static void forward(HttpServletRequest request, HttpServletResponse response) throws IOException {
			try {
				request.getRequestDispatcher("/body").forward(request, response);
			}
			catch (ServletException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private void goOn(String step, AsyncContext context) {
			ConsistencySession session = ConsistencySession.current();
			new Thread(() -> session.run(() -> {
				SessionWork.write(position(), 0x200, 1);
				switch (step) {
					case "complete" -> context.complete();
					case "dispatch" -> context.dispatch();
					default -> stream(context);
				}
			})).start();
		}

		private void stream(AsyncContext context) {
			try {
				HttpServletResponse response = (HttpServletResponse) context.getResponse();
				response.getOutputStream().print("streamed");
				response.getOutputStream().flush();
				SessionWork.write(position(), 0x300, 1);
				context.complete();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/**
		 * Some work that the request has started and does not wait for.
		 */
		private void later() {
			ConsistencySession session = ConsistencySession.current();
			new Thread(() -> session.run(this::workLater)).start();
		}

		private void workLater() {
			try {
				ConsistencySessionFilterServerTests.this.responded.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			for (int i = 0; i < 100_000; i++) {
				SessionWork.write(position(), 0x200 + i, 1);
			}
		}

		private SessionPosition position() {
			return ConsistencySession.current().position(ConsistencySessionFilterServerTests.this.cluster);
		}

	}

}
