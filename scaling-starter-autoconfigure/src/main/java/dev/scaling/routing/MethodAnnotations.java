package dev.scaling.routing;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Finds annotations where {@code @Transactional} may stand, too.
 */
final class MethodAnnotations {

	private MethodAnnotations() {
	}

	/**
	 * Finds an annotation on the method itself, else on its class, else on the interface
	 * that declares it.
	 */
	static <A extends Annotation> @Nullable A find(Method method, Class<?> targetClass, Class<A> type) {
		Method specific = ClassUtils.getMostSpecificMethod(method, targetClass);
		A annotation = AnnotatedElementUtils.findMergedAnnotation(specific, type);
		if (annotation == null && !specific.equals(method)) {
			annotation = AnnotatedElementUtils.findMergedAnnotation(method, type);
		}
		if (annotation == null) {
			annotation = AnnotatedElementUtils.findMergedAnnotation(targetClass, type);
		}
		return (annotation != null) ? annotation
				: AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), type);
	}

}
