package dev.scaling.sample.accounts;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import dev.scaling.sample.AbstractSampleTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AccountController} and {@link AccountService}.
 */
class AccountsTests extends AbstractSampleTests {

	@Autowired
	private AccountService accounts;

	@Test
	void getReturnsAccount() {
		get("/accounts/7").expectStatus().isOk().expectBody().json("""
				{"userId": 7, "balance": 1000.00}
				""", JsonCompareMode.STRICT);
	}

	@Test
	void getOfUnknownAccountIsNotFound() {
		assertProblem(get("/accounts/0"), HttpStatus.NOT_FOUND, "There is no account 0");
	}

	@Test
	void transferMovesAmount() {
		transfer(11, 12, "250.50").expectStatus().isOk().expectBody().json("""
				{"success": true, "newBalance": 749.50}
				""", JsonCompareMode.STRICT);
		assertThat(balance(11)).isEqualByComparingTo("749.50");
		assertThat(balance(12)).isEqualByComparingTo("1250.50");
	}

	@Test
	void transferOfWholeBalanceLeavesNothing() {
		transfer(13, 14, "1000").expectStatus().isOk();
		assertThat(balance(13)).isZero();
	}

	@Test
	void transferWithInsufficientFundsIsConflictAndChangesNothing() {
		List<Account> before = accounts();
		assertProblem(transfer(15, 16, "1000.01"), HttpStatus.CONFLICT, "Account 15 has no more than 1000.00");
		assertThat(accounts()).isEqualTo(before);
	}

	@ParameterizedTest
	@CsvSource({ "0, 15, 0", "15, 0, 0", "0, -1, 0" })
	void transferWithUnknownAccountIsNotFoundAndChangesNothing(long from, long to, long unknown) {
		List<Account> before = accounts();
		assertProblem(transfer(from, to, "1"), HttpStatus.NOT_FOUND, "There is no account " + unknown);
		assertThat(accounts()).isEqualTo(before);
	}

	@Test
	void transferThatFailsHalfwayChangesNothing() {
		primary().sql("UPDATE accounts SET balance = 9999999999.99 WHERE user_id = 18").update();
		try {
			assertThatExceptionOfType(DataIntegrityViolationException.class)
				.isThrownBy(() -> this.accounts.transfer(17, 18, BigDecimal.ONE));
			assertThat(balance(17)).isEqualByComparingTo("1000");
		}
		finally {
			primary().sql("UPDATE accounts SET balance = 1000 WHERE user_id = 18").update();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			{}                                    ; amount must not be null, from must not be null, to must not be null
			{"from": 1, "to": 1, "amount": 1}     ; sameAccount must be false
			{"from": 1, "to": 2, "amount": 0}     ; amount must be greater than 0
			{"from": 1, "to": 2, "amount": -1}    ; amount must be greater than 0
			{"from": 1, "to": 2, "amount": 0.001} ; amount numeric value out of bounds (<10 digits>.<2 digits> expected)
			{"from": 1, "to": 2, "amount": 1e10}  ; amount numeric value out of bounds (<10 digits>.<2 digits> expected)
			{"from": 1, "to": 2, "amount": "1"}   ; Failed to read request
			{"from": 1.5, "to": 2, "amount": 1}   ; Failed to read request
			{"from": 1, "to": 1e99, "amount": 1}  ; Failed to read request
			{"from": 1, "to": "two", "amount": 1} ; Failed to read request
			""")
	void badTransferIsBadRequest(String json, String detail) {
		assertProblem(post("/transfers", json), HttpStatus.BAD_REQUEST, detail);
	}

	@Test
	void oppositeTransfersAtTheSameTimeKeepTheSum() throws Exception {
		BigDecimal sum = sum();
		assertThat(inParallel(200, (number) -> (number % 2 == 0) ? transfer(21, 22, "1") : transfer(22, 21, "1")))
			.containsOnly(200);
		assertThat(balance(21)).isEqualByComparingTo("1000");
		assertThat(sum()).isEqualByComparingTo(sum);
	}

	@Test
	void transfersAtTheSameTimeSpendNoMoreThanThereIs() throws Exception {
		List<Integer> statuses = inParallel(40, (number) -> transfer(23, 24, "100"));
		assertThat(statuses).containsOnly(200, 409);
		assertThat(Collections.frequency(statuses, 200)).isEqualTo(10);
		assertThat(balance(23)).isZero();
		assertThat(balance(24)).isEqualByComparingTo("2000");
	}

	private ResponseSpec transfer(long from, long to, String amount) {
		return post("/transfers", """
				{"from": %d, "to": %d, "amount": %s}
				""".formatted(from, to, amount));
	}

	private List<Integer> inParallel(int requests, IntFunction<ResponseSpec> request) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Integer>> calls = IntStream.range(0, requests)
				.<Callable<Integer>>mapToObj((number) -> () -> status(request.apply(number)))
				.toList();
			List<Integer> statuses = new ArrayList<>();
			for (Future<Integer> call : threads.invokeAll(calls)) {
				statuses.add(call.get());
			}
			return statuses;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private int status(ResponseSpec response) {
		return response.returnResult().getStatus().value();
	}

	private List<Account> accounts() {
		return primary().sql("SELECT user_id, balance FROM accounts ORDER BY user_id").query(Account.class).list();
	}

	private BigDecimal sum() {
		return primary().sql("SELECT sum(balance) FROM accounts").query(BigDecimal.class).single();
	}

	private BigDecimal balance(long userId) {
		return primary().sql("SELECT balance FROM accounts WHERE user_id = ?")
			.param(userId)
			.query(BigDecimal.class)
			.single();
	}

}
