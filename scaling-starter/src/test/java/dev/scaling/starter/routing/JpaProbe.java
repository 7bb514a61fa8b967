package dev.scaling.starter.routing;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * Row of {@link Probes#INNER} for JPA.
 */
@Entity
@Table(name = Probes.INNER)
class JpaProbe {

	@Id
	private Integer id;

	protected JpaProbe() {
	}

	JpaProbe(Integer id) {
		this.id = id;
	}

	Integer getId() {
		return this.id;
	}

}
