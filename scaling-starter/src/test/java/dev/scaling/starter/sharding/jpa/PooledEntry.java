package dev.scaling.starter.sharding.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

@Entity
class PooledEntry {

	@Id
	@GeneratedValue(strategy = GenerationType.SEQUENCE)
	private long id;

}
