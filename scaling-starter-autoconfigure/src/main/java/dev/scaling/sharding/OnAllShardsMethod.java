package dev.scaling.sharding;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

import dev.scaling.OnAllShards;
import dev.scaling.ShardKey;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * A method with {@link OnAllShards}.
 */
final class OnAllShardsMethod {

	private static final Log logger = LogFactory.getLog(OnAllShards.class);

	private static final long WARN_INTERVAL = Duration.ofMinutes(1).toNanos();

	private final String name;

	private final OnAllShards annotation;

	private final @Nullable Duration timeout;

	private final ResultSum sum;

	private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - WARN_INTERVAL);

	private OnAllShardsMethod(String name, OnAllShards annotation, @Nullable Duration timeout, ResultSum sum) {
		this.name = name;
		this.annotation = annotation;
		this.timeout = timeout;
		this.sum = sum;
	}

	/**
	 * Finds the annotation of a method.
	 * @return what it says, or {@code null} if the method has none
	 * @throws IllegalStateException if the method cannot run on all shards
	 */
	static @Nullable OnAllShardsMethod find(Method method, Class<?> targetClass) {
		Class<?> userClass = ClassUtils.getUserClass(targetClass);
		Method specific = BridgeMethodResolver.getMostSpecificMethod(method, userClass);
		OnAllShards annotation = AnnotatedElementUtils.findMergedAnnotation(specific, OnAllShards.class);
		if (annotation == null) {
			annotation = AnnotatedElementUtils.findMergedAnnotation(method, OnAllShards.class);
		}
		if (annotation == null) {
			return null;
		}
		String name = ClassUtils.getQualifiedMethodName(specific, userClass);
		Assert.state(!hasShardKey(method) && !hasShardKey(specific), () -> "Method " + name
				+ " has @OnAllShards and @ShardKey: it runs on all shards, or on the one of the key. Remove one of them");
		Assert.state(!isCached(method) && !isCached(specific) && !isCached(userClass),
				() -> "Method " + name
						+ " has @OnAllShards and is cached: the cache would give the result of one shard for another."
						+ " Cache the result of a method that calls it");
		Class<?> type = ResolvableType.forMethodReturnType(specific, userClass).resolve(specific.getReturnType());
		ResultSum sum = ResultSum.of(type);
		Assert.state(sum != null,
				() -> "Method " + name + " has @OnAllShards, but returns " + type.getName()
						+ ", for which it is not clear how the results of the shards are put together."
						+ " Supported are Collection, List, Set, Map, long, int, Long, Integer and void."
						+ " Use Shards.gather for other types");
		return new OnAllShardsMethod(name, annotation, timeout(name, annotation.timeout()), sum);
	}

	private static boolean hasShardKey(Method method) {
		return Arrays.stream(method.getParameters())
			.anyMatch((parameter) -> AnnotatedElementUtils.isAnnotated(parameter, ShardKey.class));
	}

	private static boolean isCached(AnnotatedElement element) {
		return AnnotatedElementUtils.hasAnnotation(element, Cacheable.class)
				|| AnnotatedElementUtils.hasAnnotation(element, CachePut.class);
	}

	private static @Nullable Duration timeout(String name, String value) {
		if (!StringUtils.hasText(value)) {
			return null;
		}
		try {
			Duration timeout = DurationStyle.detectAndParse(value);
			Assert.isTrue(timeout.compareTo(Duration.ZERO) > 0, "it must be positive");
			return timeout;
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalStateException(
					"The timeout '" + value + "' of @OnAllShards at method " + name + " is wrong: " + ex.getMessage(),
					ex);
		}
	}

	/**
	 * The keyspace, or an empty text for the only one.
	 */
	String keyspace() {
		return this.annotation.keyspace();
	}

	boolean partial() {
		return this.annotation.partial();
	}

	@Nullable Duration timeout() {
		return this.timeout;
	}

	ResultSum sum() {
		return this.sum;
	}

	/**
	 * A partial result lacks a shard.
	 */
	void missing(String shard, Throwable error) {
		long last = this.lastWarning.get();
		long now = System.nanoTime();
		if (now - last >= WARN_INTERVAL && this.lastWarning.compareAndSet(last, now)) {
			logger.warn("The result of " + this.name + " lacks " + shard
					+ ". Further failures of this method are logged at debug level for a minute", error);
		}
		else if (logger.isDebugEnabled()) {
			logger.debug("The result of " + this.name + " lacks " + shard, error);
		}
	}

	@Override
	public String toString() {
		return this.name;
	}

}
