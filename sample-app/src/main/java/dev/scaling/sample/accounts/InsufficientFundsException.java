package dev.scaling.sample.accounts;

import java.math.BigDecimal;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The sender owns less than was to be transferred.
 */
class InsufficientFundsException extends ResponseStatusException {

	InsufficientFundsException(long userId, BigDecimal balance) {
		super(HttpStatus.CONFLICT, "Account %d has no more than %s".formatted(userId, balance));
	}

}
