package dev.scaling.routing;

import java.lang.reflect.Method;

import dev.scaling.ShardKey;

import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

/**
 * Applies the {@link RouteInterceptor} to each method that has a transaction attribute, a
 * shard key or a consistency of its own.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class RouteAdvisor extends StaticMethodMatcherPointcutAdvisor {

	private final TransactionAttributeSource attributeSource;

	/**
	 * Creates an advisor.
	 * @param attributeSource tells which methods have a transaction attribute
	 * @param interceptor the advice
	 */
	public RouteAdvisor(TransactionAttributeSource attributeSource, RouteInterceptor interceptor) {
		super(interceptor);
		this.attributeSource = attributeSource;
		setClassFilter((type) -> attributeSource.isCandidateClass(type) || ReadConsistencies.isCandidateClass(type)
				|| AnnotationUtils.isCandidateClass(type, ShardKey.class));
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return ReadConsistencies.find(method, targetClass) != null
				|| this.attributeSource.hasTransactionAttribute(method, targetClass)
				|| ShardKeyParameter.find(method, targetClass) != null;
	}

}
