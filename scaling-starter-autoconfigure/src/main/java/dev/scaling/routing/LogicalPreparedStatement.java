package dev.scaling.routing;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Prepared statement of a {@link LogicalConnection}.
 *
 * @param <S> the type of the driver's statement
 */
class LogicalPreparedStatement<S extends PreparedStatement> extends LogicalStatement<S> implements PreparedStatement {

	/**
	 * Prepares the statement again, or {@code null} if nobody may need that.
	 */
	private final @Nullable Preparation<S> preparation;

	/**
	 * What has been set, or {@code null} if it cannot be set again.
	 */
	private @Nullable List<Parameter> parameters;

	LogicalPreparedStatement(LogicalConnection connection, S delegate, String sql,
			@Nullable Preparation<S> preparation) {
		super(connection, delegate, sql);
		this.preparation = preparation;
		this.parameters = (preparation != null) ? new ArrayList<>() : null;
	}

	private void set(Parameter parameter) throws SQLException {
		parameter.set(this.delegate);
		if (this.parameters != null) {
			this.parameters.add(parameter);
		}
	}

	private void setOnce(Parameter parameter) throws SQLException {
		this.parameters = null;
		parameter.set(this.delegate);
	}

	private void setObject(@Nullable Object value, Parameter parameter) throws SQLException {
		if (value instanceof InputStream || value instanceof Reader || value instanceof Blob || value instanceof Clob
				|| value instanceof Array || value instanceof SQLXML) {
			setOnce(parameter);
		}
		else {
			set(parameter);
		}
	}

	@Override
	boolean isRepeatable() {
		return this.parameters != null;
	}

	@Override
	S recreate(Connection driver, StatementSettings settings) throws SQLException {
		S statement = Objects.requireNonNull(this.preparation).prepare(driver);
		for (Parameter parameter : Objects.requireNonNull(this.parameters)) {
			parameter.set(statement);
		}
		return statement;
	}

	@Override
	public void addBatch() throws SQLException {
		this.delegate.addBatch();
	}

	@Override
	public void clearParameters() throws SQLException {
		if (this.parameters != null) {
			this.parameters.clear();
		}
		this.delegate.clearParameters();
	}

	@Override
	public boolean execute() throws SQLException {
		long start = begin();
		try {
			return ended(start, this.delegate.execute());
		}
		catch (SQLException ex) {
			return recover(start, ex, PreparedStatement::execute);
		}
	}

	@Override
	public long executeLargeUpdate() throws SQLException {
		long start = begin();
		try {
			return ended(start, this.delegate.executeLargeUpdate());
		}
		catch (SQLException ex) {
			return recover(start, ex, PreparedStatement::executeLargeUpdate);
		}
	}

	@Override
	public ResultSet executeQuery() throws SQLException {
		long start = begin();
		try {
			return resultSet(ended(start, this.delegate.executeQuery()));
		}
		catch (SQLException ex) {
			return resultSet(recover(start, ex, PreparedStatement::executeQuery));
		}
	}

	@Override
	public int executeUpdate() throws SQLException {
		long start = begin();
		try {
			return ended(start, this.delegate.executeUpdate());
		}
		catch (SQLException ex) {
			return recover(start, ex, PreparedStatement::executeUpdate);
		}
	}

	@Override
	public @Nullable ResultSetMetaData getMetaData() throws SQLException {
		return this.delegate.getMetaData();
	}

	@Override
	public ParameterMetaData getParameterMetaData() throws SQLException {
		return this.delegate.getParameterMetaData();
	}

	@Override
	public void setArray(int parameterIndex, @Nullable Array value) throws SQLException {
		setOnce((statement) -> statement.setArray(parameterIndex, value));
	}

	@Override
	public void setAsciiStream(int parameterIndex, @Nullable InputStream value, int length) throws SQLException {
		setOnce((statement) -> statement.setAsciiStream(parameterIndex, value, length));
	}

	@Override
	public void setAsciiStream(int parameterIndex, @Nullable InputStream value, long length) throws SQLException {
		setOnce((statement) -> statement.setAsciiStream(parameterIndex, value, length));
	}

	@Override
	public void setAsciiStream(int parameterIndex, @Nullable InputStream value) throws SQLException {
		setOnce((statement) -> statement.setAsciiStream(parameterIndex, value));
	}

	@Override
	public void setBigDecimal(int parameterIndex, @Nullable BigDecimal value) throws SQLException {
		set((statement) -> statement.setBigDecimal(parameterIndex, value));
	}

	@Override
	public void setBinaryStream(int parameterIndex, @Nullable InputStream value, int length) throws SQLException {
		setOnce((statement) -> statement.setBinaryStream(parameterIndex, value, length));
	}

	@Override
	public void setBinaryStream(int parameterIndex, @Nullable InputStream value, long length) throws SQLException {
		setOnce((statement) -> statement.setBinaryStream(parameterIndex, value, length));
	}

	@Override
	public void setBinaryStream(int parameterIndex, @Nullable InputStream value) throws SQLException {
		setOnce((statement) -> statement.setBinaryStream(parameterIndex, value));
	}

	@Override
	public void setBlob(int parameterIndex, @Nullable InputStream value, long length) throws SQLException {
		setOnce((statement) -> statement.setBlob(parameterIndex, value, length));
	}

	@Override
	public void setBlob(int parameterIndex, @Nullable InputStream value) throws SQLException {
		setOnce((statement) -> statement.setBlob(parameterIndex, value));
	}

	@Override
	public void setBlob(int parameterIndex, @Nullable Blob value) throws SQLException {
		setOnce((statement) -> statement.setBlob(parameterIndex, value));
	}

	@Override
	public void setBoolean(int parameterIndex, boolean value) throws SQLException {
		set((statement) -> statement.setBoolean(parameterIndex, value));
	}

	@Override
	public void setByte(int parameterIndex, byte value) throws SQLException {
		set((statement) -> statement.setByte(parameterIndex, value));
	}

	@Override
	public void setBytes(int parameterIndex, byte @Nullable [] value) throws SQLException {
		set((statement) -> statement.setBytes(parameterIndex, value));
	}

	@Override
	public void setCharacterStream(int parameterIndex, @Nullable Reader value, int length) throws SQLException {
		setOnce((statement) -> statement.setCharacterStream(parameterIndex, value, length));
	}

	@Override
	public void setCharacterStream(int parameterIndex, @Nullable Reader value, long length) throws SQLException {
		setOnce((statement) -> statement.setCharacterStream(parameterIndex, value, length));
	}

	@Override
	public void setCharacterStream(int parameterIndex, @Nullable Reader value) throws SQLException {
		setOnce((statement) -> statement.setCharacterStream(parameterIndex, value));
	}

	@Override
	public void setClob(int parameterIndex, @Nullable Reader value, long length) throws SQLException {
		setOnce((statement) -> statement.setClob(parameterIndex, value, length));
	}

	@Override
	public void setClob(int parameterIndex, @Nullable Reader value) throws SQLException {
		setOnce((statement) -> statement.setClob(parameterIndex, value));
	}

	@Override
	public void setClob(int parameterIndex, @Nullable Clob value) throws SQLException {
		setOnce((statement) -> statement.setClob(parameterIndex, value));
	}

	@Override
	public void setDate(int parameterIndex, @Nullable Date value, @Nullable Calendar calendar) throws SQLException {
		set((statement) -> statement.setDate(parameterIndex, value, calendar));
	}

	@Override
	public void setDate(int parameterIndex, @Nullable Date value) throws SQLException {
		set((statement) -> statement.setDate(parameterIndex, value));
	}

	@Override
	public void setDouble(int parameterIndex, double value) throws SQLException {
		set((statement) -> statement.setDouble(parameterIndex, value));
	}

	@Override
	public void setFloat(int parameterIndex, float value) throws SQLException {
		set((statement) -> statement.setFloat(parameterIndex, value));
	}

	@Override
	public void setInt(int parameterIndex, int value) throws SQLException {
		set((statement) -> statement.setInt(parameterIndex, value));
	}

	@Override
	public void setLong(int parameterIndex, long length) throws SQLException {
		set((statement) -> statement.setLong(parameterIndex, length));
	}

	@Override
	public void setNCharacterStream(int parameterIndex, @Nullable Reader value, long length) throws SQLException {
		setOnce((statement) -> statement.setNCharacterStream(parameterIndex, value, length));
	}

	@Override
	public void setNCharacterStream(int parameterIndex, @Nullable Reader value) throws SQLException {
		setOnce((statement) -> statement.setNCharacterStream(parameterIndex, value));
	}

	@Override
	public void setNClob(int parameterIndex, @Nullable Reader value, long length) throws SQLException {
		setOnce((statement) -> statement.setNClob(parameterIndex, value, length));
	}

	@Override
	public void setNClob(int parameterIndex, @Nullable Reader value) throws SQLException {
		setOnce((statement) -> statement.setNClob(parameterIndex, value));
	}

	@Override
	public void setNClob(int parameterIndex, @Nullable NClob value) throws SQLException {
		setOnce((statement) -> statement.setNClob(parameterIndex, value));
	}

	@Override
	public void setNString(int parameterIndex, @Nullable String value) throws SQLException {
		set((statement) -> statement.setNString(parameterIndex, value));
	}

	@Override
	public void setNull(int parameterIndex, int sqlType, @Nullable String typeName) throws SQLException {
		set((statement) -> statement.setNull(parameterIndex, sqlType, typeName));
	}

	@Override
	public void setNull(int parameterIndex, int sqlType) throws SQLException {
		set((statement) -> statement.setNull(parameterIndex, sqlType));
	}

	@Override
	public void setObject(int parameterIndex, @Nullable Object value, int targetSqlType, int scaleOrLength)
			throws SQLException {
		setObject(value, (statement) -> statement.setObject(parameterIndex, value, targetSqlType, scaleOrLength));
	}

	@Override
	public void setObject(int parameterIndex, @Nullable Object value, int targetSqlType) throws SQLException {
		setObject(value, (statement) -> statement.setObject(parameterIndex, value, targetSqlType));
	}

	@Override
	public void setObject(int parameterIndex, @Nullable Object value, SQLType sqlType, int scaleOrLength)
			throws SQLException {
		setObject(value, (statement) -> statement.setObject(parameterIndex, value, sqlType, scaleOrLength));
	}

	@Override
	public void setObject(int parameterIndex, @Nullable Object value, SQLType sqlType) throws SQLException {
		setObject(value, (statement) -> statement.setObject(parameterIndex, value, sqlType));
	}

	@Override
	public void setObject(int parameterIndex, @Nullable Object value) throws SQLException {
		setObject(value, (statement) -> statement.setObject(parameterIndex, value));
	}

	@Override
	public void setRef(int parameterIndex, @Nullable Ref value) throws SQLException {
		setOnce((statement) -> statement.setRef(parameterIndex, value));
	}

	@Override
	public void setRowId(int parameterIndex, @Nullable RowId value) throws SQLException {
		setOnce((statement) -> statement.setRowId(parameterIndex, value));
	}

	@Override
	public void setSQLXML(int parameterIndex, @Nullable SQLXML value) throws SQLException {
		setOnce((statement) -> statement.setSQLXML(parameterIndex, value));
	}

	@Override
	public void setShort(int parameterIndex, short value) throws SQLException {
		set((statement) -> statement.setShort(parameterIndex, value));
	}

	@Override
	public void setString(int parameterIndex, @Nullable String value) throws SQLException {
		set((statement) -> statement.setString(parameterIndex, value));
	}

	@Override
	public void setTime(int parameterIndex, @Nullable Time value, @Nullable Calendar calendar) throws SQLException {
		set((statement) -> statement.setTime(parameterIndex, value, calendar));
	}

	@Override
	public void setTime(int parameterIndex, @Nullable Time value) throws SQLException {
		set((statement) -> statement.setTime(parameterIndex, value));
	}

	@Override
	public void setTimestamp(int parameterIndex, @Nullable Timestamp value, @Nullable Calendar calendar)
			throws SQLException {
		set((statement) -> statement.setTimestamp(parameterIndex, value, calendar));
	}

	@Override
	public void setTimestamp(int parameterIndex, @Nullable Timestamp value) throws SQLException {
		set((statement) -> statement.setTimestamp(parameterIndex, value));
	}

	@Override
	public void setURL(int parameterIndex, @Nullable URL value) throws SQLException {
		set((statement) -> statement.setURL(parameterIndex, value));
	}

	@Override
	@Deprecated
	public void setUnicodeStream(int parameterIndex, @Nullable InputStream value, int length) throws SQLException {
		setOnce((statement) -> statement.setUnicodeStream(parameterIndex, value, length));
	}

	/**
	 * Prepares a statement.
	 *
	 * @param <S> the type of the statement
	 */
	@FunctionalInterface
	interface Preparation<S extends PreparedStatement> {

		S prepare(Connection driver) throws SQLException;

	}

	/**
	 * Sets a parameter.
	 */
	@FunctionalInterface
	private interface Parameter {

		void set(PreparedStatement statement) throws SQLException;

	}

}
