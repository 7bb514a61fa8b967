package dev.scaling.sharding;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.scaling.sharding.ShardSchema.Script;
import org.jspecify.annotations.Nullable;

/**
 * What the shards of a keyspace have that others, or the scripts, have not.
 */
final class SchemaDrift {

	private SchemaDrift() {
	}

	/**
	 * Compares what the shards of a keyspace have.
	 * @param contents what each shard has, by its name
	 * @return a description for each shard that differs from the scripts, or from others
	 */
	static Map<String, String> find(Map<String, ShardSchema.Content> contents) {
		Map<String, Map<String, Script>> scripts = new LinkedHashMap<>();
		contents.forEach((shard, content) -> content.scripts()
			.forEach((script) -> scripts.computeIfAbsent(script.name(), (name) -> new TreeMap<>()).put(shard, script)));
		Map<String, String> drift = new TreeMap<>();
		scripts.forEach((name, byShard) -> {
			String description = name + " " + describe(byShard);
			concerned(byShard).forEach((shard) -> drift.merge(shard, description, (one, other) -> one + "; " + other));
		});
		return drift;
	}

	/**
	 * A script that only some shards have, and nobody minds, is that of a newer instance
	 * at work, or an old one that has been thrown away; two contents of it are not.
	 */
	private static Set<String> concerned(Map<String, Script> byShard) {
		Set<String> concerned = new HashSet<>();
		Set<@Nullable Integer> tolerated = new HashSet<>();
		byShard.forEach((shard, script) -> {
			if (script.isDrifted()) {
				concerned.add(shard);
			}
			else if (script.state() == Script.State.TOLERATED) {
				tolerated.add(script.checksum());
			}
		});
		return (tolerated.size() > 1) ? byShard.keySet() : concerned;
	}

	private static String describe(Map<String, Script> byShard) {
		Map<String, List<String>> places = new LinkedHashMap<>();
		byShard
			.forEach((shard, script) -> places.computeIfAbsent(content(script), (key) -> new ArrayList<>()).add(shard));
		String there = places.entrySet()
			.stream()
			.map((place) -> place.getKey() + " on " + String.join(", ", place.getValue()))
			.collect(Collectors.joining(", "));
		Script any = byShard.values().iterator().next();
		return there + (isOurs(any) ? ", and checksum " + any.expected() + " in the script"
				: ", and is not among the scripts of this application");
	}

	private static boolean isOurs(Script script) {
		return script.state() != Script.State.UNKNOWN && script.state() != Script.State.TOLERATED;
	}

	private static String content(Script script) {
		return (script.state() == Script.State.SKIPPED) ? "has not been executed" : "has checksum " + script.checksum();
	}

}
