/**
 * What a session has written and seen, and how it leaves the process.
 */
@NullMarked
package dev.scaling.consistency;

import org.jspecify.annotations.NullMarked;
