package dev.scaling.test;

import java.io.IOException;
import java.nio.file.Path;

import org.postgresql.ds.PGSimpleDataSource;

/**
 * Starts a cluster with a killed and a frozen node, and a PgBouncer where there is one,
 * prints their directory and process, and ends with its input, without closing anything.
 */
public final class ClusterWithFaults {

	private ClusterWithFaults() {
	}

	public static void main(String[] arguments) throws IOException {
		PostgresCluster cluster = PostgresCluster.builder().replicas(3).start();
		PostgresNode primary = cluster.primary();
		String data = new Console(primary.id(), (PGSimpleDataSource) primary.dataSource()).query("SHOW data_directory");
		cluster.replica(1).freeze();
		cluster.replica(2).kill();
		System.out.println(Path.of(String.valueOf(data)).resolve("../../..").normalize());
		System.out.println(PgBouncer.isInstalled() ? PgBouncer.builder().nodes(cluster.nodes()).start().pid() : "");
		System.in.read();
	}

}
