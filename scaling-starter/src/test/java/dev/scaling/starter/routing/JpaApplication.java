package dev.scaling.starter.routing;

import java.util.concurrent.Callable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with JPA and, as Boot has it by default, open-in-view.
 */
@SpringBootConfiguration
@EnableAutoConfiguration(exclude = DataJdbcRepositoriesAutoConfiguration.class)
@Import(JpaApplication.RequestController.class)
class JpaApplication {

	/**
	 * Runs the work of a test within a request.
	 */
	@RestController
	static class RequestController {

		private Callable<?> work;

		private Exception failure;

		Void handle(Callable<?> work, Callable<?> request) throws Exception {
			this.work = work;
			this.failure = null;
			request.call();
			if (this.failure != null) {
				throw this.failure;
			}
			return null;
		}

		@GetMapping("/work")
		String work() {
			try {
				this.work.call();
			}
			catch (Exception ex) {
				this.failure = ex;
			}
			return "done";
		}

	}

}
