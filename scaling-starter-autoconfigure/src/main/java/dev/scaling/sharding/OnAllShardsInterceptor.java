package dev.scaling.sharding;

import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.scaling.Gather;
import dev.scaling.OnAllShards;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.core.MethodClassKey;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;

/**
 * Calls a method with {@link OnAllShards} once for each shard. Has to work outside of the
 * transaction's interceptor. Thread-safe.
 *
 * @since 0.1.0
 */
public final class OnAllShardsInterceptor implements MethodInterceptor {

	private final SingletonSupplier<GatherExecutor> executor;

	private final Function<String, List<String>> shards;

	private final Map<MethodClassKey, OnAllShardsMethod> methods = new ConcurrentHashMap<>();

	/**
	 * Creates an interceptor.
	 * @param executor gives what runs the calls, when the first method is called
	 * @param shards finds the shards of a keyspace, or of the only one if its name is
	 * empty; asked for each call
	 */
	public OnAllShardsInterceptor(Supplier<GatherExecutor> executor, Function<String, List<String>> shards) {
		this.executor = SingletonSupplier.of(executor);
		this.shards = shards;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		OnAllShardsMethod method = method(invocation.getMethod(),
				(target != null) ? target.getClass() : invocation.getMethod().getDeclaringClass());
		return (method != null) ? invoke(invocation, method) : invocation.proceed();
	}

	private @Nullable Object invoke(MethodInvocation invocation, OnAllShardsMethod method) {
		Assert.state(invocation instanceof ProxyMethodInvocation,
				() -> "Method " + method + " can only run on all shards if it is called through a Spring proxy");
		List<String> shards = this.shards.apply(method.keyspace());
		// An invocation goes through the interceptors once, and is not thread-safe.
		Map<String, MethodInvocation> invocations = new HashMap<>();
		for (String shard : shards) {
			invocations.put(shard, ((ProxyMethodInvocation) invocation).invocableClone());
		}
		Gather<@Nullable Object> gather = this.executor.obtain()
			.gather(shards, (shard) -> proceed(invocations.get(shard)));
		if (method.timeout() != null) {
			gather = gather.withTimeout(method.timeout());
		}
		if (method.partial()) {
			gather = gather.partial(method::missing);
		}
		return method.sum().of(gather.perShard());
	}

	/**
	 * AspectJ's advice asks the thread for its invocation.
	 */
	@SuppressWarnings("NullAway") // a result may be null
	private static Object proceed(@Nullable MethodInvocation invocation) throws Exception {
		Assert.state(invocation != null, "No invocation for the shard");
		try {
			return ExposeInvocationInterceptor.INSTANCE.invoke(invocation);
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new UndeclaredThrowableException(ex);
		}
	}

	private @Nullable OnAllShardsMethod method(Method method, Class<?> targetClass) {
		MethodClassKey key = new MethodClassKey(method, targetClass);
		OnAllShardsMethod known = this.methods.get(key);
		if (known == null) {
			known = OnAllShardsMethod.find(method, targetClass);
			if (known != null) {
				this.methods.putIfAbsent(key, known);
			}
		}
		return known;
	}

}
