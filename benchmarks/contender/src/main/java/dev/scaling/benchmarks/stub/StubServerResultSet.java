package dev.scaling.benchmarks.stub;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Result of a {@link StubStatement}: one row.
 */
final class StubServerResultSet extends UnsupportedResultSet {

	private final List<@Nullable Object> columns;

	private boolean read;

	private boolean wasNull;

	StubServerResultSet(List<@Nullable Object> columns) {
		this.columns = columns;
	}

	@Override
	public boolean next() {
		boolean first = !this.read;
		this.read = true;
		return first;
	}

	@Override
	public String getString(int index) {
		return Objects.requireNonNullElse((String) column(index), "");
	}

	@Override
	public boolean getBoolean(int index) {
		return Boolean.TRUE.equals(column(index));
	}

	@Override
	public int getInt(int index) {
		return (int) getLong(index);
	}

	@Override
	public long getLong(int index) {
		return (column(index) instanceof Number number) ? number.longValue() : 0;
	}

	private @Nullable Object column(int index) {
		Object value = this.columns.get(index - 1);
		this.wasNull = value == null;
		return value;
	}

	@Override
	public boolean wasNull() {
		return this.wasNull;
	}

	@Override
	public void close() {
		this.read = true;
	}

}
