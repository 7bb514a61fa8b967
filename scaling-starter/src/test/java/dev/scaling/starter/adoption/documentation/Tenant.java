package dev.scaling.starter.adoption.documentation;

/**
 * The tenant that the thread works for.
 */
final class Tenant {

	private static final ThreadLocal<String> current = ThreadLocal.withInitial(() -> "");

	private Tenant() {
	}

	static String current() {
		return current.get();
	}

	static void use(String tenant) {
		current.set(tenant);
	}

}
