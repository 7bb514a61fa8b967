package dev.scaling.benchmarks.contender;

import java.util.Map;

/**
 * Whether the reads are right: after some {@code writes}, which fail anywhere else than
 * on the primary, the part of {@code calls} reads that a replica answered
 * ({@code replica}).
 */
class RoleWorkload implements Workload {

	private static final String IS_REPLICA = "SELECT pg_is_in_recovery()::int";

	private final Contender contender;

	private final Reader reader;

	private final Writer writer;

	RoleWorkload(Contender contender, Reader reader, Writer writer) {
		this.contender = contender;
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	public Map<String, Double> run(Order order) {
		int calls = order.number("calls");
		for (int i = 0; i < order.number("writes"); i++) {
			this.contender.inSession(() -> {
				this.writer.write(0, "a node");
				return "written";
			});
		}
		long replica = 0;
		for (int i = 0; i < calls; i++) {
			replica += this.contender.inSession(() -> this.reader.query(IS_REPLICA));
		}
		return Map.of("replica", (double) replica / calls);
	}

}
