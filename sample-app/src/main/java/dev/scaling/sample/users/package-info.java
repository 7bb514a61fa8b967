/**
 * The customers of a shop that has outgrown one database: each lives on the shard of the
 * hashed id.
 */
@NullMarked
package dev.scaling.sample.users;

import org.jspecify.annotations.NullMarked;
