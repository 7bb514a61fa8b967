package dev.scaling.sample.accounts;

import java.math.BigDecimal;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertFalse;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * The accounts and the transfers between them over HTTP.
 */
@RestController
class AccountController {

	private final AccountService accounts;

	AccountController(AccountService accounts) {
		this.accounts = accounts;
	}

	@GetMapping("/accounts/{id}")
	Account get(@PathVariable long id) {
		return this.accounts.find(id).orElseThrow(() -> new UnknownAccountException(id));
	}

	@PostMapping("/transfers")
	TransferResult transfer(@RequestBody @Valid Transfer request) {
		BigDecimal newBalance = this.accounts.transfer(request.from(), request.to(), request.amount());
		return new TransferResult(true, newBalance);
	}

	record Transfer(@NotNull Long from, @NotNull Long to,
			@NotNull @Positive @Digits(integer = 10, fraction = 2) BigDecimal amount) {

		@AssertFalse
		boolean isSameAccount() {
			return this.from != null && this.from.equals(this.to);
		}

	}

	record TransferResult(boolean success, BigDecimal newBalance) {

	}

}
