package dev.scaling.routing;

import java.lang.reflect.Method;

import dev.scaling.Access;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.util.ClassUtils;

/**
 * What is known about the route of a method from its declaration.
 *
 * @param name the qualified name of the method
 * @param access the access of its transaction attribute
 * @param propagation the propagation of its transaction attribute
 */
record MethodRoute(String name, Access access, int propagation) {

	static MethodRoute of(Method method, Class<?> targetClass, TransactionAttribute attribute) {
		return new MethodRoute(ClassUtils.getQualifiedMethodName(method, targetClass),
				attribute.isReadOnly() ? Access.READ : Access.WRITE, attribute.getPropagationBehavior());
	}

	/**
	 * Whether the method takes part in a transaction that is active when it is called.
	 */
	boolean joins() {
		return switch (this.propagation) {
			case TransactionDefinition.PROPAGATION_REQUIRED, TransactionDefinition.PROPAGATION_SUPPORTS,
					TransactionDefinition.PROPAGATION_MANDATORY, TransactionDefinition.PROPAGATION_NESTED ->
				true;
			default -> false;
		};
	}

}
