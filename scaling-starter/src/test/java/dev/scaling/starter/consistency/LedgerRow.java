package dev.scaling.starter.consistency;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * Row of the ledger for Spring Data JDBC.
 *
 * @param id the id, which the database gives
 * @param account the account
 * @param value the value
 */
@Table("entry")
record LedgerRow(@Id @Nullable Long id, int account, long value) {

}
