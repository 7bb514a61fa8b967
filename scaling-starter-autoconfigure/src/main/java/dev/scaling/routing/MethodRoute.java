package dev.scaling.routing;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;

import dev.scaling.Access;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.util.ClassUtils;

/**
 * What is known about the route of a method from its declaration.
 *
 * @param name the qualified name of the method
 * @param access the access of its transaction attribute
 * @param propagation the propagation of its transaction attribute
 * @param manager the name of its transaction manager, empty for the default one
 * @param transactional whether it has a transaction attribute at all
 * @param freshness how fresh it wants its reads, or {@code null} if it does not say
 * @param retries how often it may be repeated when its node fails
 * @param lightweight whether its transaction needs none on a replica
 * @param key which parameter is its shard key, or {@code null}
 */
record MethodRoute(String name, Access access, int propagation, String manager, boolean transactional,
		@Nullable Freshness freshness, int retries, boolean lightweight, @Nullable ShardKeyParameter key) {

	static MethodRoute of(Method method, Class<?> targetClass, @Nullable TransactionAttribute attribute,
			@Nullable Freshness freshness, int retries, boolean lightweight, @Nullable ShardKeyParameter key) {
		String name = ClassUtils.getQualifiedMethodName(method,
				Proxy.isProxyClass(targetClass) ? method.getDeclaringClass() : targetClass);
		if (attribute == null) {
			return new MethodRoute(name, Access.WRITE, TransactionDefinition.PROPAGATION_SUPPORTS, "", false, freshness,
					0, false, key);
		}
		return new MethodRoute(name, attribute.isReadOnly() ? Access.READ : Access.WRITE,
				attribute.getPropagationBehavior(), Objects.requireNonNullElse(attribute.getQualifier(), ""), true,
				freshness, attribute.isReadOnly() ? retries : 0, attribute.isReadOnly() && lightweight, key);
	}

	/**
	 * Whether the method takes part in the active transaction that the given method has
	 * begun.
	 */
	boolean joins(MethodRoute outer) {
		return this.manager.equals(outer.manager) && takesPart();
	}

	/**
	 * Whether the method takes part in an active transaction of the default manager.
	 */
	boolean joins() {
		return this.manager.isEmpty() && takesPart();
	}

	private boolean takesPart() {
		return switch (this.propagation) {
			case TransactionDefinition.PROPAGATION_REQUIRED, TransactionDefinition.PROPAGATION_SUPPORTS,
					TransactionDefinition.PROPAGATION_MANDATORY, TransactionDefinition.PROPAGATION_NESTED ->
				true;
			default -> false;
		};
	}

}
