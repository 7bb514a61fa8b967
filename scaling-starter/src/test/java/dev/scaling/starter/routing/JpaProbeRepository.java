package dev.scaling.starter.routing;

import java.util.List;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Repository of {@link JpaProbe}.
 */
interface JpaProbeRepository extends JpaRepository<JpaProbe, Integer> {

	List<JpaProbe> findByIdLessThan(Integer id);

	@Transactional(readOnly = true)
	List<JpaProbe> findByIdLessThanEqual(Integer id);

}
