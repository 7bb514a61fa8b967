/**
 * Watches the nodes that are left alone, and gives them work again.
 */
@NullMarked
package dev.scaling.monitor;

import org.jspecify.annotations.NullMarked;
