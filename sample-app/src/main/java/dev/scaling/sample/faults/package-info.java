/**
 * What can go wrong with the embedded cluster, to be watched while it happens.
 */
@NullMarked
package dev.scaling.sample.faults;

import org.jspecify.annotations.NullMarked;
