package dev.scaling.starter.routing.documentation;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * Entity of the examples.
 *
 * @param id the id
 * @param username the name
 */
@Table("profile")
record Profile(@Id Long id, String username) {

}
