package dev.scaling.benchmarks.contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The process of a contender: runs an {@link Order} for each line of its input and
 * answers with a line, until the input ends. What others print goes to the error output.
 */
public final class ContenderProcess {

	private ContenderProcess() {
	}

	/**
	 * Runs the contender.
	 * @param args nothing: the first line of the input is an order named as the
	 * contender, with {@link Nodes#parameters() the nodes}; its other parameters are
	 * properties of the application
	 * @throws IOException if the input fails
	 */
	public static void main(String[] args) throws IOException {
		PrintStream output = System.out;
		System.setOut(System.err);
		BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		Order start = Order.parse(input.readLine());
		Nodes nodes = Nodes.of(start.parameters());
		Map<String, String> properties = new LinkedHashMap<>(start.parameters());
		properties.keySet().removeAll(nodes.parameters().keySet());
		try (ConfigurableApplicationContext application = ContenderApplication
			.start(ContenderApplication.contender(start.name()), nodes, properties)) {
			output.println(new Order("started", Map.of()));
			for (String line = input.readLine(); line != null; line = input.readLine()) {
				output.println(answer(application, Order.parse(line)));
			}
		}
	}

	private static Order answer(ConfigurableApplicationContext application, Order order) {
		try {
			Map<String, String> figures = new LinkedHashMap<>();
			application.getBean(order.name(), Workload.class)
				.run(order)
				.forEach((name, value) -> figures.put(name, value.toString()));
			return new Order("figures", figures);
		}
		catch (Exception ex) {
			ex.printStackTrace();
			return new Order("failed", Map.of("reason", ex.toString()));
		}
	}

}
