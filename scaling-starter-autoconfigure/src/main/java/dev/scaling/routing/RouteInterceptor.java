package dev.scaling.routing;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.scaling.Access;
import dev.scaling.LightweightRead;
import dev.scaling.RetryableRead;
import dev.scaling.RoutingContext;
import dev.scaling.ShardKeyException;
import dev.scaling.ShardLocation;
import dev.scaling.ShardTarget;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Resolves the route of a method once from its transaction attribute, and makes it known
 * while the method runs. Works just outside of the transaction's own interceptor.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class RouteInterceptor implements MethodInterceptor {

	private static final int MAXIMUM_RETRIES = 10;

	private final TransactionAttributeSource attributeSource;

	private final JoinPolicy joinPolicy;

	private final Supplier<DataSource> dataSource;

	private final int readRetries;

	private final SingletonSupplier<Routers> routers;

	private final ClassValue<Map<Method, MethodRoute>> routes = new ClassValue<>() {

		@Override
		protected Map<Method, MethodRoute> computeValue(Class<?> type) {
			return new ConcurrentHashMap<>();
		}

	};

	/**
	 * Creates an interceptor.
	 * @param attributeSource tells the transaction attribute of a method
	 * @param joinPolicy what happens when a read-write method joins a read-only
	 * transaction
	 * @param dataSource gives the routed DataSource, to which a transaction of ours is
	 * bound
	 * @param readRetries how often a {@link RetryableRead} method is repeated that does
	 * not say it itself
	 */
	public RouteInterceptor(TransactionAttributeSource attributeSource, JoinPolicy joinPolicy,
			Supplier<DataSource> dataSource, int readRetries) {
		this.attributeSource = attributeSource;
		this.joinPolicy = joinPolicy;
		this.dataSource = SingletonSupplier.of(dataSource);
		this.readRetries = readRetries;
		this.routers = SingletonSupplier.ofNullable(this::shardedRouters);
	}

	private @Nullable Routers shardedRouters() {
		RoutingDataSource routing = DataSourceUnwrapper.unwrap(this.dataSource.get(), RoutingDataSource.class);
		return (routing != null && routing.routers().isSharded()) ? routing.routers() : null;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		MethodRoute route = route(invocation.getMethod(),
				(target != null) ? target.getClass() : invocation.getMethod().getDeclaringClass());
		if (route == null) {
			return invocation.proceed();
		}
		ShardKeyParameter key = route.key();
		Routers routers = (key != null) ? this.routers.get() : null;
		return (key != null && routers != null) ? invoke(invocation, route, key, routers)
				: invokeOnShard(invocation, route);
	}

	/**
	 * Nothing runs before it is clear that the key's shard is the one of the transaction.
	 */
	private @Nullable Object invoke(MethodInvocation invocation, MethodRoute route, ShardKeyParameter key,
			Routers routers) throws Throwable {
		RouteState state = RouteState.current();
		ShardTarget target = key.target(invocation.getArguments(), route);
		routers.enter(locate(routers, target, key, route), route.name(), takesPart(route, state.method));
		MethodRoute outer = state.keyed;
		state.keyed = route;
		try (RoutingContext.Scope scope = RoutingContext.at(target).makeCurrent()) {
			return invokeOnShard(invocation, route);
		}
		finally {
			state.keyed = outer;
		}
	}

	private static ShardLocation locate(Routers routers, ShardTarget target, ShardKeyParameter key, MethodRoute route) {
		try {
			return routers.locate(target);
		}
		catch (ShardKeyException ex) {
			throw new ShardKeyException(key.describe(route) + " leads nowhere: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Whether the work of the method belongs to a transaction that is active.
	 */
	private boolean takesPart(MethodRoute route, @Nullable MethodRoute outer) {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			return false;
		}
		return route.transactional() ? joins(route, outer)
				: TransactionSynchronizationManager.hasResource(this.dataSource.get());
	}

	private @Nullable Object invokeOnShard(MethodInvocation invocation, MethodRoute route) throws Throwable {
		Freshness freshness = route.freshness();
		return (freshness != null) ? invoke(invocation, route, freshness)
				: route.transactional() ? invoke(invocation, route) : invocation.proceed();
	}

	private @Nullable Object invoke(MethodInvocation invocation, MethodRoute route, Freshness freshness)
			throws Throwable {
		RouteState state = RouteState.current();
		Freshness outer = state.freshness;
		state.freshness = freshness;
		try {
			return route.transactional() ? invoke(invocation, route) : invocation.proceed();
		}
		finally {
			state.freshness = outer;
		}
	}

	private @Nullable Object invoke(MethodInvocation invocation, MethodRoute route) throws Throwable {
		RouteState state = RouteState.current();
		MethodRoute outer = state.method;
		if (joins(route, outer)) {
			if (route.access() == Access.WRITE && TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
				this.joinPolicy.joined(route.name(), TransactionSynchronizationManager.getCurrentTransactionName());
			}
			return invocation.proceed();
		}
		state.method = route;
		try {
			return (route.retries() == 0 || TransactionSynchronizationManager.isActualTransactionActive())
					? invocation.proceed() : ReadRetry.invoke(invocation, state, route.retries());
		}
		finally {
			state.method = outer;
		}
	}

	private boolean joins(MethodRoute route, @Nullable MethodRoute outer) {
		return TransactionSynchronizationManager.isActualTransactionActive() && ((outer != null) ? route.joins(outer)
				: route.joins() && TransactionSynchronizationManager.hasResource(this.dataSource.get()));
	}

	private int retries(Method method, Class<?> userClass) {
		RetryableRead annotation = MethodAnnotations.find(method, userClass, RetryableRead.class);
		if (annotation == null) {
			return 0;
		}
		return (annotation.value() < 0) ? this.readRetries : Math.min(annotation.value(), MAXIMUM_RETRIES);
	}

	private @Nullable MethodRoute route(Method method, Class<?> targetClass) {
		Map<Method, MethodRoute> routes = this.routes.get(targetClass);
		MethodRoute route = routes.get(method);
		return (route != null) ? route : resolve(routes, method, targetClass);
	}

	private @Nullable MethodRoute resolve(Map<Method, MethodRoute> routes, Method method, Class<?> targetClass) {
		Class<?> userClass = ClassUtils.getUserClass(targetClass);
		TransactionAttribute attribute = this.attributeSource.getTransactionAttribute(method, userClass);
		Freshness freshness = ReadConsistencies.find(method, userClass);
		ShardKeyParameter key = ShardKeyParameter.find(method, userClass);
		if (attribute == null && freshness == null && key == null) {
			return null;
		}
		MethodRoute route = MethodRoute.of(
				Proxy.isProxyClass(userClass) ? method : ClassUtils.getMostSpecificMethod(method, userClass), userClass,
				attribute, freshness, retries(method, userClass),
				MethodAnnotations.find(method, userClass, LightweightRead.class) != null, key);
		routes.put(method, route);
		return route;
	}

}
