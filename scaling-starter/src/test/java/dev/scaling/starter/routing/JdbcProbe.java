package dev.scaling.starter.routing;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * Row of {@link Probes#INNER} for Spring Data JDBC.
 *
 * @param id the id
 */
@Table(Probes.INNER)
record JdbcProbe(@Id Integer id) {

}
