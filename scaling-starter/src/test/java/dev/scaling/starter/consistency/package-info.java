/**
 * Tests for sessions that read their own writes and never see time run backwards.
 */
@NullMarked
package dev.scaling.starter.consistency;

import org.jspecify.annotations.NullMarked;
