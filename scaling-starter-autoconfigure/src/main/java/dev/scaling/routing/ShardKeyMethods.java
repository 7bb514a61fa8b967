package dev.scaling.routing;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;

import dev.scaling.OnAllShards;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds methods with a shard key, or for all shards, whose calls nobody can intercept, so
 * that they would run on whatever shard their caller is on.
 *
 * @since 0.1.0
 */
public final class ShardKeyMethods {

	/**
	 * The methods of a class that run on all shards, with those of its superclasses: none
	 * for nearly all classes.
	 */
	private static final ClassValue<List<Method>> gatheringMethods = new ClassValue<>() {

		@Override
		protected List<Method> computeValue(Class<?> type) {
			return AnnotationUtils.isCandidateClass(type, OnAllShards.class) ? Arrays
				.stream(ReflectionUtils.getAllDeclaredMethods(type))
				.filter((method) -> !method.isBridge() && AnnotatedElementUtils.isAnnotated(method, OnAllShards.class))
				.toList() : List.of();
		}

	};

	private ShardKeyMethods() {
	}

	/**
	 * Looks at the methods of a bean.
	 * @param bean the bean, with its proxies
	 * @return why the calls of a method cannot be intercepted, or {@code null} if all can
	 */
	public static @Nullable String findProblem(Object bean) {
		Class<?> targetClass = ClassUtils.getUserClass(AopUtils.getTargetClass(bean));
		String problem = findProblem(ShardKeyParameter.keyedMethods(targetClass), "a @ShardKey", bean, targetClass);
		return (problem != null) ? problem
				: findProblem(gatheringMethods.get(targetClass), "@OnAllShards", bean, targetClass);
	}

	private static @Nullable String findProblem(List<Method> methods, String annotation, Object bean,
			Class<?> targetClass) {
		for (Method method : methods) {
			String problem = findProblem(method, bean);
			if (problem != null) {
				return "Method " + ClassUtils.getQualifiedMethodName(method, targetClass) + " has " + annotation
						+ ", but its calls cannot be intercepted: " + problem;
			}
		}
		return null;
	}

	private static @Nullable String findProblem(Method method, Object bean) {
		int modifiers = method.getModifiers();
		if (Modifier.isPrivate(modifiers)) {
			return "it is private";
		}
		if (Modifier.isStatic(modifiers)) {
			return "it is static";
		}
		if (method.getDeclaringClass().isInterface()) {
			return null;
		}
		if (!AopUtils.isAopProxy(bean)) {
			return "the bean has no proxy. It may have been created too early, because a BeanPostProcessor depends on it";
		}
		if (AopUtils.isCglibProxy(bean) && Modifier.isFinal(modifiers)) {
			return "it is final";
		}
		if (AopUtils.isJdkDynamicProxy(bean) && Arrays.stream(bean.getClass().getInterfaces())
			.noneMatch((type) -> ClassUtils.hasMethod(type, method.getName(), method.getParameterTypes()))) {
			return "no interface of the bean's proxy declares it";
		}
		return null;
	}

}
