/**
 * What happened when: each year of events is on a shard of its own.
 */
@NullMarked
package dev.scaling.sample.events;

import org.jspecify.annotations.NullMarked;
