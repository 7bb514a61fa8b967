package dev.scaling.routing;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.scaling.Keyspace;
import dev.scaling.ShardKey;
import dev.scaling.ShardKeyException;
import dev.scaling.ShardTarget;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ExpressionException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * The parameter of a method that is its shard key.
 *
 * @param index the position of the parameter
 * @param name the name of the parameter, for messages
 * @param expression what takes the key from the parameter, or {@code null} if it is the
 * key
 * @param keyspace the keyspace of the key, or {@code null} for the only one
 */
record ShardKeyParameter(int index, String name, @Nullable Expression expression, @Nullable String keyspace) {

	private static final SpelExpressionParser parser = new SpelExpressionParser();

	private static final EvaluationContext evaluationContext = SimpleEvaluationContext.forReadOnlyDataBinding()
		.withInstanceMethods()
		.build();

	private static final ParameterNameDiscoverer nameDiscoverer = new DefaultParameterNameDiscoverer();

	/**
	 * The methods of a class that have a shard key, with those of its superclasses and
	 * interfaces: none for nearly all classes.
	 */
	private static final ClassValue<List<Method>> keyedMethods = new ClassValue<>() {

		@Override
		protected List<Method> computeValue(Class<?> type) {
			List<Method> methods = new ArrayList<>();
			for (Class<?> candidate = type; candidate != null; candidate = candidate.getSuperclass()) {
				addKeyedMethods(candidate, methods);
			}
			ClassUtils.getAllInterfacesForClassAsSet(type).forEach((candidate) -> addKeyedMethods(candidate, methods));
			return List.copyOf(methods);
		}

	};

	private static void addKeyedMethods(Class<?> type, List<Method> methods) {
		if (!type.getName().startsWith("java.")) {
			Arrays.stream(type.getDeclaredMethods())
				.filter((method) -> !method.isBridge() && isKeyed(method))
				.forEach(methods::add);
		}
	}

	private static boolean isKeyed(Method method) {
		return Arrays.stream(method.getParameters())
			.anyMatch((parameter) -> parameter.isAnnotationPresent(ShardKey.class));
	}

	/**
	 * The methods of a class that have a shard key.
	 */
	static List<Method> keyedMethods(Class<?> type) {
		return keyedMethods.get(type);
	}

	/**
	 * Finds the parameter on the method itself, or where a superclass or an interface
	 * declares it.
	 */
	static @Nullable ShardKeyParameter find(Method method, Class<?> targetClass) {
		ShardKeyParameter parameter = find(method, targetClass, keyedMethods.get(targetClass));
		return (parameter != null) ? parameter
				: find(method, targetClass, keyedMethods.get(method.getDeclaringClass()));
	}

	private static @Nullable ShardKeyParameter find(Method method, Class<?> targetClass, List<Method> candidates) {
		for (Method candidate : candidates) {
			if (candidate.getName().equals(method.getName()) && isSame(candidate.getParameterTypes(),
					ClassUtils.getMostSpecificMethod(method, targetClass).getParameterTypes())) {
				return find(candidate, method, targetClass);
			}
		}
		return null;
	}

	/**
	 * Whether a method declares the other one, maybe with type variables in the place of
	 * its types.
	 */
	private static boolean isSame(Class<?>[] declared, Class<?>[] specific) {
		if (declared.length != specific.length) {
			return false;
		}
		for (int i = 0; i < declared.length; i++) {
			if (!declared[i].isAssignableFrom(specific[i]) && !specific[i].isAssignableFrom(declared[i])) {
				return false;
			}
		}
		return true;
	}

	private static @Nullable ShardKeyParameter find(Method method, Method called, Class<?> targetClass) {
		ShardKeyParameter found = null;
		for (int i = 0; i < method.getParameterCount(); i++) {
			MethodParameter parameter = new MethodParameter(method, i);
			ShardKey annotation = parameter.getParameterAnnotation(ShardKey.class);
			if (annotation != null) {
				if (found != null) {
					throw new IllegalStateException("Method " + ClassUtils.getQualifiedMethodName(method, targetClass)
							+ " has two parameters with @ShardKey: a method works on the shard of one key");
				}
				found = of(parameter, annotation, keyspace(called, targetClass));
			}
		}
		return found;
	}

	private static @Nullable String keyspace(Method method, Class<?> targetClass) {
		Keyspace keyspace = MethodAnnotations.find(method, targetClass, Keyspace.class);
		return (keyspace != null) ? keyspace.value() : null;
	}

	private static ShardKeyParameter of(MethodParameter parameter, ShardKey annotation, @Nullable String keyspace) {
		parameter.initParameterNameDiscovery(nameDiscoverer);
		String name = parameter.getParameterName();
		Expression expression = StringUtils.hasText(annotation.value()) ? parser.parseExpression(annotation.value())
				: null;
		return new ShardKeyParameter(parameter.getParameterIndex(),
				(name != null) ? name : "number " + (parameter.getParameterIndex() + 1), expression, keyspace);
	}

	/**
	 * The target of a call.
	 */
	ShardTarget target(@Nullable Object[] arguments, MethodRoute method) {
		Object key = key(arguments[this.index], method);
		if (key == null) {
			throw new ShardKeyException(
					describe(method) + " is null: work for a key needs one, and falls back to no other shard");
		}
		return new ShardTarget(this.keyspace, key, null);
	}

	private @Nullable Object key(@Nullable Object argument, MethodRoute method) {
		if (this.expression == null || argument == null) {
			return argument;
		}
		try {
			return this.expression.getValue(evaluationContext, argument);
		}
		catch (ExpressionException ex) {
			throw new ShardKeyException(describe(method) + " cannot be read: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Names the key in a message.
	 */
	String describe(MethodRoute method) {
		String part = (this.expression != null) ? "'" + this.expression.getExpressionString() + "' of parameter "
				: "parameter ";
		return "The shard key (" + part + this.name + ") of " + method.name();
	}

}
