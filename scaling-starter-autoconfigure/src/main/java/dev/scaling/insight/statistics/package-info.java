/**
 * What PostgreSQL's statistics views say about each server.
 */
@NullMarked
package dev.scaling.insight.statistics;

import org.jspecify.annotations.NullMarked;
