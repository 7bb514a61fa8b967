package dev.scaling.starter.consistency;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * Row of the ledger for JPA.
 */
@Entity
@Table(name = "entry")
class LedgerEntry {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private Long id;

	private int account;

	private long value;

	protected LedgerEntry() {
	}

	LedgerEntry(int account, long value) {
		this.account = account;
		this.value = value;
	}

	Long getId() {
		return this.id;
	}

	int getAccount() {
		return this.account;
	}

	long getValue() {
		return this.value;
	}

	void setValue(long value) {
		this.value = value;
	}

}
