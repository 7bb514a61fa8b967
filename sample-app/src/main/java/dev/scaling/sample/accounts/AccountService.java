package dev.scaling.sample.accounts;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The accounts in the database: money moves as a whole or not at all.
 */
@Service
class AccountService {

	private final JdbcClient jdbc;

	AccountService(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional(readOnly = true)
	Optional<Account> find(long userId) {
		return this.jdbc.sql("SELECT user_id, balance FROM accounts WHERE user_id = ?")
			.param(userId)
			.query(Account.class)
			.optional();
	}

	/**
	 * Transfer an amount from one account to another.
	 * @param from the customer who pays
	 * @param to the customer who is paid
	 * @param amount how much
	 * @return the new balance of the customer who pays
	 */
	@Transactional
	BigDecimal transfer(long from, long to, BigDecimal amount) {
		Map<Long, BigDecimal> balances = lockBalances(from, to);
		BigDecimal balance = require(balances, from);
		require(balances, to);
		if (balance.compareTo(amount) < 0) {
			throw new InsufficientFundsException(from, balance);
		}
		add(from, amount.negate());
		add(to, amount);
		return balance.subtract(amount);
	}

	private Map<Long, BigDecimal> lockBalances(long from, long to) {
		// In the order of the keys -> opposite transfers wait instead of deadlocking.
		return this.jdbc
			.sql("SELECT user_id, balance FROM accounts WHERE user_id IN (?, ?) ORDER BY user_id FOR UPDATE")
			.params(from, to)
			.query(Account.class)
			.list()
			.stream()
			.collect(Collectors.toMap(Account::userId, Account::balance));
	}

	private BigDecimal require(Map<Long, BigDecimal> balances, long userId) {
		BigDecimal balance = balances.get(userId);
		if (balance == null) {
			throw new UnknownAccountException(userId);
		}
		return balance;
	}

	private void add(long userId, BigDecimal amount) {
		this.jdbc.sql("UPDATE accounts SET balance = balance + ? WHERE user_id = ?").params(amount, userId).update();
	}

}
