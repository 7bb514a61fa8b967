package dev.scaling.starter.adoption.slice;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * Something to store with Spring Data JDBC.
 */
@Table("slice_memo")
record Memo(@Id Long id, String text) {

}
