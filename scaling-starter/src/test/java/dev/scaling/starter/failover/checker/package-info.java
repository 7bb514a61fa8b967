/**
 * A checker in the spirit of Jepsen: clients work on a cluster while seeded faults happen
 * to it, and what they have seen is compared with what sessions promise.
 */
@NullMarked
package dev.scaling.starter.failover.checker;

import org.jspecify.annotations.NullMarked;
