/**
 * What the customers own, and transfers between them.
 */
@NullMarked
package dev.scaling.sample.accounts;

import org.jspecify.annotations.NullMarked;
