package dev.scaling.starter.adoption.minutes;

import java.util.Scanner;

import dev.scaling.test.PostgresCluster;

// tag::cluster[]
public class LocalCluster {

	public static void main(String[] args) {
		try (PostgresCluster cluster = PostgresCluster.builder().replicas(2).database("books").start()) {
			cluster.nodes().forEach((node) -> System.out.println(node.id() + ": " + node.jdbcUrl()));
			Scanner input = new Scanner(System.in);
			while (input.hasNext()) {
				String word = input.next();
				if (word.equals("repair")) {
					cluster.repair();
				}
				else {
					cluster.node(word).kill();
				}
			}
		}
	}

}
// end::cluster[]
