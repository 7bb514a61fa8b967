package dev.scaling.starter.adoption.slice;

import org.springframework.data.repository.ListCrudRepository;

/**
 * Memos by Spring Data JDBC.
 */
interface MemoRepository extends ListCrudRepository<Memo, Long> {

}
