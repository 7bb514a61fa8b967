/**
 * What servlet applications tell their clients about routing.
 */
@NullMarked
package dev.scaling.servlet;

import org.jspecify.annotations.NullMarked;
