package dev.scaling.test;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.LongConsumer;

import dev.scaling.routing.Clusters;
import dev.scaling.routing.StatementListener;
import dev.scaling.topology.Node;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Tells the {@link RecordedStatements} of this JVM what an application executes. It is
 * made when the routed {@code DataSource} asks for listeners.
 */
class StatementRecorder implements StatementListener, DisposableBean {

	private final ObjectProvider<Clusters> provider;

	private volatile @Nullable Clusters clusters;

	StatementRecorder(ObjectProvider<Clusters> clusters) {
		this.provider = clusters;
		RecordedStatements.applicationStarted();
	}

	@Override
	public @Nullable LongConsumer executed(Node node, String sql, long nanoseconds, Statement statement) {
		record(node, sql, nanoseconds, false);
		return null;
	}

	@Override
	public void failed(Node node, String sql, long nanoseconds, Statement statement, SQLException failure) {
		record(node, sql, nanoseconds, true);
	}

	private void record(Node node, String sql, long nanoseconds, boolean failed) {
		if (RecordedStatements.isAnyOpen()) {
			RecordedStatements.executed(new RecordedStatement(sql, node.id(), node.cluster(), isPrimary(node),
					Duration.ofNanos(nanoseconds), failed));
		}
	}

	private boolean isPrimary(Node node) {
		Clusters clusters = this.clusters;
		if (clusters == null) {
			clusters = this.provider.getObject();
			this.clusters = clusters;
		}
		return clusters.find(node.cluster())
			.filter((topology) -> node.equals(topology.current().primary()))
			.isPresent();
	}

	@Override
	public void destroy() {
		RecordedStatements.applicationStopped();
	}

}
