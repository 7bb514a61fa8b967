/**
 * The orders of many tenants: all of a tenant's are on one shard, those of all tenants
 * are gathered.
 */
@NullMarked
package dev.scaling.sample.tenants;

import org.jspecify.annotations.NullMarked;
