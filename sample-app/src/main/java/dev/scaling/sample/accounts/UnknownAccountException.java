package dev.scaling.sample.accounts;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * The customer has no account.
 */
class UnknownAccountException extends ResponseStatusException {

	UnknownAccountException(long userId) {
		super(HttpStatus.NOT_FOUND, "There is no account " + userId);
	}

}
