package dev.scaling.starter.consistency.documentation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.scaling.ConsistencyLevel;
import dev.scaling.ReadConsistency;

import org.springframework.transaction.annotation.Transactional;

/**
 * Annotation of the examples.
 */
// tag::annotation[]
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@ReadConsistency(ConsistencyLevel.EVENTUAL)
@Transactional(readOnly = true)
@interface AnyReplica {

}
// end::annotation[]
