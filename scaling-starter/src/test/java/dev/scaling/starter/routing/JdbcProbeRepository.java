package dev.scaling.starter.routing;

import java.util.List;

import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Repository of {@link JdbcProbe}.
 */
interface JdbcProbeRepository extends CrudRepository<JdbcProbe, Integer> {

	List<JdbcProbe> findByIdLessThan(Integer id);

	@Transactional(readOnly = true)
	List<JdbcProbe> findByIdLessThanEqual(Integer id);

}
