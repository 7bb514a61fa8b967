package dev.scaling.starter.consistency.carrier;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import dev.scaling.starter.adoption.EnableJdbcAutoConfiguration;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Accounts whose values only grow, over HTTP.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableJdbcAutoConfiguration
@EnableAsync
@Import({ WebApplication.Accounts.class, WebApplication.Tasks.class, WebApplication.AccountController.class })
class WebApplication {

	/**
	 * What the accounts are worth.
	 */
	static class Accounts {

		private final JdbcClient jdbc;

		Accounts(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		void write(int account, long value) {
			writeWithoutTransaction(account, value);
		}

		void writeWithoutTransaction(int account, long value) {
			this.jdbc.sql("INSERT INTO entry (account, value) VALUES (?, ?)").params(account, value).update();
		}

		@Transactional(readOnly = true)
		long read(int account) {
			return this.jdbc.sql("SELECT coalesce(max(value), 0) FROM entry WHERE account = ?")
				.param(account)
				.query(Long.class)
				.single();
		}

	}

	/**
	 * Work on threads of Spring Boot's executor.
	 */
	static class Tasks {

		private final Accounts accounts;

		Tasks(Accounts accounts) {
			this.accounts = accounts;
		}

		@Async
		CompletableFuture<Long> read(int account) {
			return CompletableFuture.completedFuture(this.accounts.read(account));
		}

		@Async
		CompletableFuture<Void> write(int account, long value) {
			this.accounts.write(account, value);
			return CompletableFuture.completedFuture(null);
		}

		@Async
		CompletableFuture<String> thread() {
			return CompletableFuture.completedFuture(Thread.currentThread().toString());
		}

	}

	/**
	 * What clients do with the accounts, in each way that a response can be made.
	 */
	@RestController
	@RequestMapping(params = "account")
	static class AccountController {

		private final Accounts accounts;

		private final Tasks tasks;

		AccountController(Accounts accounts, Tasks tasks) {
			this.accounts = accounts;
			this.tasks = tasks;
		}

		@GetMapping("/read")
		long read(@RequestParam int account) {
			return this.accounts.read(account);
		}

		@GetMapping("/write")
		String write(@RequestParam int account, @RequestParam long value, @RequestParam(required = false) String gate) {
			this.accounts.write(account, value);
			if (gate != null) {
				Gates.pass(gate);
			}
			return "written";
		}

		@GetMapping("/plain")
		String writeWithoutTransaction(@RequestParam int account, @RequestParam long value) {
			this.accounts.writeWithoutTransaction(account, value);
			return "written";
		}

		@GetMapping("/no-content")
		ResponseEntity<Void> writeWithoutContent(@RequestParam int account, @RequestParam long value) {
			this.accounts.writeWithoutTransaction(account, value);
			return ResponseEntity.noContent().build();
		}

		@GetMapping("/error")
		String writeAndFail(@RequestParam int account, @RequestParam long value) {
			this.accounts.write(account, value);
			throw new IllegalStateException("Asked to fail");
		}

		@GetMapping("/callable")
		Callable<String> writeLater(@RequestParam int account, @RequestParam long value) {
			return () -> write(account, value, null);
		}

		@GetMapping("/future")
		CompletableFuture<String> writeInTask(@RequestParam int account, @RequestParam long value) {
			return this.tasks.write(account, value).thenApply((nothing) -> "written");
		}

		@GetMapping("/stream")
		StreamingResponseBody writeBeforeTheStream(@RequestParam int account, @RequestParam long value) {
			return (output) -> {
				this.accounts.write(account, value);
				output.write("written".getBytes(StandardCharsets.UTF_8));
			};
		}

		@GetMapping("/servlet")
		void writeAfterTheFirstBytes(@RequestParam int account, @RequestParam long value, HttpServletResponse response)
				throws IOException {
			response.getWriter().print("written");
			this.accounts.write(account, value);
		}

		/**
		 * Reads in a task what the request has written.
		 */
		@GetMapping("/task")
		long writeAndReadInTask(@RequestParam int account, @RequestParam long value) {
			this.accounts.write(account, value);
			return this.tasks.read(account).join();
		}

		/**
		 * Reads what a task has written.
		 */
		@GetMapping("/after-task")
		long writeInTaskAndRead(@RequestParam int account, @RequestParam long value) {
			this.tasks.write(account, value).join();
			return this.accounts.read(account);
		}

		@GetMapping("/thread")
		String thread(@RequestParam int account) {
			return this.tasks.thread().join();
		}

	}

}
