/**
 * Properties and auto-configurations: puts the library's parts together in a Spring Boot
 * application.
 */
@NullMarked
package dev.scaling.autoconfigure;

import org.jspecify.annotations.NullMarked;
