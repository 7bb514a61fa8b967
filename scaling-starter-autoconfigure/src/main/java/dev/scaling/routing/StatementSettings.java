package dev.scaling.routing;

import java.sql.SQLException;
import java.sql.Statement;

/**
 * What was said of a statement, for one that takes its place.
 *
 * @param type the type of its results
 * @param concurrency whether its results can be updated
 * @param holdability whether its results survive a commit
 * @param fetchSize how many rows are fetched at once
 * @param maxRows how many rows it returns at most
 * @param queryTimeout how long it may take, in seconds
 */
record StatementSettings(int type, int concurrency, int holdability, int fetchSize, int maxRows, int queryTimeout) {

	static StatementSettings of(Statement statement) throws SQLException {
		return new StatementSettings(statement.getResultSetType(), statement.getResultSetConcurrency(),
				statement.getResultSetHoldability(), statement.getFetchSize(), statement.getMaxRows(),
				statement.getQueryTimeout());
	}

	void applyTo(Statement statement) throws SQLException {
		statement.setFetchSize(this.fetchSize);
		statement.setMaxRows(this.maxRows);
		statement.setQueryTimeout(this.queryTimeout);
	}

}
