package dev.scaling.starter.consistency;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Repository of {@link LedgerEntry}.
 */
interface LedgerEntryRepository extends JpaRepository<LedgerEntry, Long> {

}
