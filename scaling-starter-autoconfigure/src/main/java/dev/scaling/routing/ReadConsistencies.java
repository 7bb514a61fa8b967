package dev.scaling.routing;

import java.lang.reflect.Method;
import java.time.Duration;

import dev.scaling.ConsistencyLevel;
import dev.scaling.ReadConsistency;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Finds {@link ReadConsistency} on methods and types, and checks what it says.
 */
final class ReadConsistencies {

	private ReadConsistencies() {
	}

	static boolean isCandidateClass(Class<?> type) {
		return AnnotationUtils.isCandidateClass(type, ReadConsistency.class);
	}

	/**
	 * How fresh a method wants its reads, or {@code null} if it does not say.
	 */
	static @Nullable Freshness find(Method method, Class<?> targetClass) {
		ReadConsistency annotation = MethodAnnotations.find(method, targetClass, ReadConsistency.class);
		return (annotation != null) ? freshness(annotation, ClassUtils.getQualifiedMethodName(method, targetClass))
				: null;
	}

	private static Freshness freshness(ReadConsistency annotation, String method) {
		boolean bounded = annotation.value() == ConsistencyLevel.BOUNDED;
		if (bounded != StringUtils.hasText(annotation.maxStaleness())) {
			throw new IllegalStateException("@ReadConsistency(" + annotation.value() + ") of " + method + (bounded
					? " needs 'maxStaleness', such as \"500ms\"" : " has 'maxStaleness', which is for BOUNDED only"));
		}
		return bounded ? new Freshness(annotation.value(), maxStaleness(annotation, method))
				: new Freshness(annotation.value(), 0);
	}

	private static long maxStaleness(ReadConsistency annotation, String method) {
		try {
			Duration duration = DurationStyle.detectAndParse(annotation.maxStaleness());
			if (duration.compareTo(Duration.ZERO) > 0) {
				return duration.toNanos();
			}
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalStateException("'maxStaleness' of " + method + " is '" + annotation.maxStaleness()
					+ "': use a duration such as \"500ms\"", ex);
		}
		throw new IllegalStateException("'maxStaleness' of " + method + " is '" + annotation.maxStaleness()
				+ "': it has to be positive; STRONG reads from the primary");
	}

}
