package dev.scaling.routing;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.scaling.ShardMovedException;
import org.jspecify.annotations.Nullable;

/**
 * What a shard says of a key that it does not own any more. The fence writes it into its
 * message, because the driver may be told to leave out all else.
 *
 * @param keyspace the keyspace
 * @param key the text of the key
 * @param shard the shard to which the key moves
 */
record MovedKey(String keyspace, String key, String shard) {

	private static final Pattern MESSAGE = Pattern
		.compile("key '([^']*+(?:''[^']*+)*+)' of keyspace '([^']*)' moves to shard '([^']*)'");

	static @Nullable MovedKey find(SQLException failure) {
		SQLException candidate = failure;
		for (int depth = 0; candidate != null && depth < 10; depth++) {
			String message = candidate.getMessage();
			Matcher matcher = MESSAGE.matcher((message != null) ? message : "");
			if (ShardMovedException.SQL_STATE.equals(candidate.getSQLState()) && matcher.find()) {
				return new MovedKey(matcher.group(2), matcher.group(1).replace("''", "'"), matcher.group(3));
			}
			candidate = candidate.getNextException();
		}
		return null;
	}

}
