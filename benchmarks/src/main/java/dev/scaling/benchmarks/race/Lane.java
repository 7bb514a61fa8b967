package dev.scaling.benchmarks.race;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.scaling.benchmarks.contender.ContenderProcess;
import dev.scaling.benchmarks.contender.Nodes;
import dev.scaling.benchmarks.contender.Order;
import org.jspecify.annotations.Nullable;

/**
 * A contender in a process of its own, which does nothing between orders. Not
 * thread-safe.
 */
final class Lane implements AutoCloseable {

	/**
	 * Where the processes' own messages go.
	 */
	static final Path LOGS = Path.of("benchmarks", "target", "logs");

	private static final List<String> JVM = List.of("-Xms256m", "-Xmx1g", "-XX:+UseG1GC");

	private final Competitor competitor;

	private final Process process;

	private final PrintWriter orders;

	private final BufferedReader answers;

	private final Path log;

	private Lane(Competitor competitor, Process process, Path log) {
		this.competitor = competitor;
		this.process = process;
		this.orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
		this.answers = process.inputReader(StandardCharsets.UTF_8);
		this.log = log;
	}

	/**
	 * Starts a contender and waits for it.
	 * @param competitor the contender
	 * @param nodes its nodes
	 * @param properties properties of its application, which win against its own
	 * @return the running contender, to be closed by the caller
	 * @throws NotStartedException if it does not start
	 */
	static Lane start(Competitor competitor, Nodes nodes, Map<String, String> properties) {
		return start(competitor, nodes, properties, JVM);
	}

	/**
	 * Starts a contender and waits for it.
	 * @param competitor the contender
	 * @param nodes its nodes
	 * @param properties properties of its application, which win against its own
	 * @param jvm the options of its JVM
	 * @return the running contender, to be closed by the caller
	 * @throws NotStartedException if it does not start
	 */
	static Lane start(Competitor competitor, Nodes nodes, Map<String, String> properties, List<String> jvm) {
		return start(competitor, competitor.classPath(), nodes, properties, jvm);
	}

	/**
	 * Starts a contender with Hibernate and waits for it.
	 * @param competitor the contender
	 * @param nodes its nodes
	 * @param properties properties of its application, which win against its own
	 * @return the running contender, to be closed by the caller
	 * @throws NotStartedException if it does not start
	 */
	static Lane startWithJpa(Competitor competitor, Nodes nodes, Map<String, String> properties) {
		return start(competitor, competitor.classPathWithJpa(), nodes, properties, JVM);
	}

	private static Lane start(Competitor competitor, String classPath, Nodes nodes, Map<String, String> properties,
			List<String> jvm) {
		try {
			Files.createDirectories(LOGS);
			Path log = Files.createTempFile(LOGS, competitor.contender() + "-", ".log");
			List<String> command = Stream
				.of(Stream.of(ProcessHandle.current().info().command().orElse("java")), jvm.stream(),
						Stream.of("-cp", classPath, ContenderProcess.class.getName()))
				.flatMap((part) -> part)
				.toList();
			Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
			Lane lane = new Lane(competitor, process, log);
			Map<String, String> parameters = new HashMap<>(nodes.parameters());
			parameters.putAll(properties);
			try {
				lane.send(new Order(competitor.contender(), parameters));
				return lane;
			}
			catch (IllegalStateException ex) {
				lane.close();
				throw new NotStartedException(ex);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Competitor competitor() {
		return this.competitor;
	}

	/**
	 * The process.
	 * @return its identifier
	 */
	long pid() {
		return this.process.pid();
	}

	/**
	 * Asks the contender to run a workload, and waits for it.
	 * @param workload the workload's name
	 * @param parameters its parameters, in pairs of name and value
	 * @return the figures by their names
	 * @throws IllegalStateException if it fails
	 */
	Map<String, Double> run(String workload, Object... parameters) {
		Map<String, String> named = new HashMap<>();
		for (int i = 0; i < parameters.length; i += 2) {
			named.put(parameters[i].toString(), parameters[i + 1].toString());
		}
		Map<String, Double> figures = new TreeMap<>();
		send(new Order(workload, named)).parameters()
			.forEach((name, value) -> figures.put(name, Double.valueOf(value)));
		return figures;
	}

	/**
	 * Asks the contender to make calls, none of which may fail, and waits for them.
	 * @param workload the workload's name
	 * @param parameters its parameters, in pairs of name and value
	 * @return the figures by their names
	 * @throws IllegalStateException if a call fails
	 */
	Map<String, Double> call(String workload, Object... parameters) {
		Map<String, Double> figures = run(workload, parameters);
		double failures = figures.getOrDefault("failures", Double.NaN);
		if (failures != 0) {
			throw new IllegalStateException("%.0f calls of %s failed, asked for %s; see %s".formatted(failures,
					this.competitor.contender(), workload, this.log));
		}
		return figures;
	}

	private Order send(Order order) {
		try {
			this.orders.println(order);
			@Nullable String line = this.answers.readLine();
			Order answer = Order.parse((line != null) ? line : "ended");
			if (!List.of("started", "figures").contains(answer.name())) {
				throw new IllegalStateException("%s, asked for '%s', %s; see %s".formatted(this.competitor.contender(),
						order, answer, this.log));
			}
			return answer;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ends the process.
	 */
	@Override
	public void close() {
		this.orders.close();
		try {
			if (!this.process.waitFor(20, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A contender does not start.
	 */
	static final class NotStartedException extends IllegalStateException {

		private NotStartedException(IllegalStateException cause) {
			super(cause.getMessage(), cause);
		}

	}

}
