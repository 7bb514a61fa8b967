package dev.scaling.sample;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.scaling.GatherException;
import dev.scaling.GatherException.State;
import dev.scaling.ShardKeyException;
import dev.scaling.TransactionOutcomeUnknownException;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSourceResolvable;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers every bad request with an RFC 9457 problem detail that names what is wrong.
 */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

	private static final Set<State> UNANSWERED = EnumSet.of(State.FAILED, State.TIMED_OUT);

	@ExceptionHandler
	ProblemDetail handleDuplicateKey(DuplicateKeyException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "This username or email is taken");
	}

	@ExceptionHandler
	ProblemDetail handleShardKey(ShardKeyException ex) {
		// The outer exception is about the method, the inner one about the key.
		Throwable reason = (ex.getCause() instanceof ShardKeyException cause) ? cause : ex;
		return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, reason.getMessage());
	}

	@ExceptionHandler
	ProblemDetail handleGather(GatherException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				"Not all shards have answered: " + join(ex.outcomes()
					.entrySet()
					.stream()
					.filter((outcome) -> UNANSWERED.contains(outcome.getValue().state()))
					.map((outcome) -> outcome.getKey() + " " + outcome.getValue().state())));
	}

	@ExceptionHandler({ DataAccessResourceFailureException.class, TransientDataAccessResourceException.class,
			CannotCreateTransactionException.class })
	ResponseEntity<ProblemDetail> handleUnavailable(NestedRuntimeException ex) {
		this.logger.warn(ex.getMessage());
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				ex.contains(TransactionOutcomeUnknownException.class)
						? "The connection was lost while the change was stored: look whether it is there"
						: "The database cannot be reached, and nothing was changed: try again");
		return ResponseEntity.of(problem).header(HttpHeaders.RETRY_AFTER, "1").build();
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		ex.getBody().setDetail(join(ex.getFieldErrors().stream().map((error) -> describe(error.getField(), error))));
		return super.handleMethodArgumentNotValid(ex, headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
			HandlerMethodValidationException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		ex.getBody()
			.setDetail(join(ex.getParameterValidationResults()
				.stream()
				.flatMap((result) -> result.getResolvableErrors()
					.stream()
					.map((error) -> describe((error instanceof FieldError field) ? field.getField()
							: result.getMethodParameter().getParameterName(), error)))));
		return super.handleHandlerMethodValidationException(ex, headers, status, request);
	}

	private String describe(@Nullable String name, MessageSourceResolvable error) {
		return name + " " + error.getDefaultMessage();
	}

	private String join(Stream<String> errors) {
		return errors.sorted().collect(Collectors.joining(", "));
	}

}
