package dev.scaling.sample.events;

import java.time.LocalDate;

/**
 * What happened on a day.
 */
record Event(LocalDate date, String text) {

}
