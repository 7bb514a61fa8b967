package dev.scaling.starter.consistency;

import org.springframework.data.repository.CrudRepository;

/**
 * Repository of {@link LedgerRow}.
 */
interface LedgerRowRepository extends CrudRepository<LedgerRow, Long> {

}
