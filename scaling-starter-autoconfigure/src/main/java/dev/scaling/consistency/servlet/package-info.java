/**
 * What carries sessions from one HTTP request to the next.
 */
@NullMarked
package dev.scaling.consistency.servlet;

import org.jspecify.annotations.NullMarked;
