package dev.scaling.sharding;

import java.lang.reflect.Method;

import dev.scaling.OnAllShards;

import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * Applies the {@link OnAllShardsInterceptor} to each method with {@link OnAllShards}. Its
 * order has to be before those of the transactions and their routes.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class OnAllShardsAdvisor extends StaticMethodMatcherPointcutAdvisor {

	/**
	 * Creates an advisor.
	 * @param interceptor the advice
	 */
	public OnAllShardsAdvisor(OnAllShardsInterceptor interceptor) {
		super(interceptor);
		setClassFilter((type) -> AnnotationUtils.isCandidateClass(type, OnAllShards.class));
	}

	/**
	 * Tells whether a method is to run on all shards.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @return whether it has the annotation
	 * @throws IllegalStateException if the method has the annotation, but cannot run on
	 * all shards
	 */
	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return OnAllShardsMethod.find(method, targetClass) != null;
	}

}
