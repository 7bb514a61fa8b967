package dev.scaling.starter.consistency;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes the ledger as most applications write.
 */
class LedgerService {

	private final JdbcTemplate jdbc;

	LedgerService(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	void insert(int account, long value) {
		this.jdbc.update(Ledger.INSERT, account, value);
	}

}
