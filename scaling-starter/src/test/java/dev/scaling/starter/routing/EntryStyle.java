package dev.scaling.starter.routing;

import java.lang.annotation.Annotation;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.SuperMethodCall;
import net.bytebuddy.matcher.ElementMatchers;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Where the transaction attribute of a service comes from. The services are generated,
 * because their number is that of the styles times that of the attributes.
 */
enum EntryStyle {

	/**
	 * The class has {@code @Transactional}.
	 */
	CLASS {

		@Override
		Class<? extends Work> type(String name, AnnotationDescription transactional) {
			return load(overriding(subclass(CallingWork.class, name)).annotateType(transactional));
		}

	},

	/**
	 * An interface of the class has {@code @Transactional}.
	 */
	INTERFACE {

		@Override
		Class<? extends Work> type(String name, AnnotationDescription transactional) {
			Class<?> contract = load(new ByteBuddy().makeInterface(Work.class)
				.name(PACKAGE + name + "Contract")
				.annotateType(transactional));
			return load(overriding(subclass(CallingWork.class, name).implement(contract)));
		}

	},

	/**
	 * The method has {@code @Transactional}.
	 */
	METHOD {

		@Override
		Class<? extends Work> type(String name, AnnotationDescription transactional) {
			return load(overriding(subclass(CallingWork.class, name)).annotateMethod(transactional));
		}

	},

	/**
	 * The method has an annotation that has {@code @Transactional}.
	 */
	META_ANNOTATION {

		@Override
		Class<? extends Work> type(String name, AnnotationDescription transactional) {
			AnnotationDescription retention = AnnotationDescription.Builder.ofType(Retention.class)
				.define("value", RetentionPolicy.RUNTIME)
				.build();
			Class<? extends Annotation> annotation = load(new ByteBuddy().makeAnnotation()
				.name(PACKAGE + name + "Transaction")
				.annotateType(retention, transactional));
			return load(overriding(subclass(CallingWork.class, name))
				.annotateMethod(AnnotationDescription.Builder.ofType(annotation).build()));
		}

	},

	/**
	 * The superclass has {@code @Transactional}, the class overrides the method.
	 */
	INHERITED {

		@Override
		Class<? extends Work> type(String name, AnnotationDescription transactional) {
			Class<? extends CallingWork> parent = load(
					subclass(CallingWork.class, name + "Parent").annotateType(transactional));
			return load(overriding(subclass(parent, name)));
		}

	},

	/**
	 * A {@code TransactionTemplate}.
	 */
	TEMPLATE {

		@Override
		Class<? extends Work> type(String name, AnnotationDescription transactional) {
			throw new UnsupportedOperationException("A template has no class");
		}

	};

	private static final String PACKAGE = EntryStyle.class.getPackageName() + ".";

	private static final Map<String, Class<? extends Work>> types = new ConcurrentHashMap<>();

	abstract Class<? extends Work> type(String name, AnnotationDescription transactional);

	String beanName(Propagation propagation, boolean readOnly) {
		return name() + "_" + propagation + (readOnly ? "_ReadOnly" : "_ReadWrite");
	}

	Class<? extends Work> type(Propagation propagation, boolean readOnly) {
		return types.computeIfAbsent(beanName(propagation, readOnly),
				(name) -> type(name,
						AnnotationDescription.Builder.ofType(Transactional.class)
							.define("propagation", propagation)
							.define("readOnly", readOnly)
							.build()));
	}

	private static <T> DynamicType.Builder<T> subclass(Class<T> parent, String name) {
		return new ByteBuddy().subclass(parent).name(PACKAGE + name);
	}

	/**
	 * Overrides the method, because an attribute of a class does not apply to methods
	 * that it inherits.
	 */
	private static <T> DynamicType.Builder.MethodDefinition<T> overriding(DynamicType.Builder<T> type) {
		return type.method(ElementMatchers.named("call")).intercept(SuperMethodCall.INSTANCE);
	}

	@SuppressWarnings("unchecked")
	private static <T> Class<? extends T> load(DynamicType.Builder<? extends T> builder) {
		return (Class<? extends T>) builder.make()
			.load(EntryStyle.class.getClassLoader(), ClassLoadingStrategy.UsingLookup.of(MethodHandles.lookup()))
			.getLoaded();
	}

	/**
	 * Registers a service of each style for each transaction attribute.
	 */
	static class Registrar implements ImportBeanDefinitionRegistrar {

		@Override
		public void registerBeanDefinitions(AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
			for (EntryStyle style : values()) {
				if (style != TEMPLATE) {
					register(style, registry);
				}
			}
		}

		private void register(EntryStyle style, BeanDefinitionRegistry registry) {
			for (Propagation propagation : Propagation.values()) {
				for (boolean readOnly : new boolean[] { true, false }) {
					registry.registerBeanDefinition(style.beanName(propagation, readOnly),
							new RootBeanDefinition(style.type(propagation, readOnly)));
				}
			}
		}

	}

}
