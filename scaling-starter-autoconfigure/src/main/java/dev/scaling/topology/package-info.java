/**
 * The model of nodes, their roles and states: plain values without behaviour.
 */
@NullMarked
package dev.scaling.topology;

import org.jspecify.annotations.NullMarked;
