package dev.scaling.starter.routing.documentation;

import java.util.List;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Repository of the examples.
 */
// tag::repository[]
@Transactional(readOnly = true)
interface ProfileRepository extends CrudRepository<Profile, Long> {

	List<Profile> findByUsername(String username);

	@Modifying
	@Transactional
	@Query("UPDATE profile SET username = :username WHERE id = :id")
	void rename(Long id, String username);

}
// end::repository[]
