package dev.scaling.sample.events;

import java.time.LocalDate;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PastOrPresent;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

import org.springframework.context.annotation.Profile;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.format.annotation.DateTimeFormat.ISO;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The events over HTTP.
 */
@RestController
@Profile("shards")
@RequestMapping("/events")
class EventController {

	private final EventService events;

	EventController(EventService events) {
		this.events = events;
	}

	@PostMapping
	@ResponseStatus(HttpStatus.CREATED)
	Event create(@RequestBody @Valid NewEvent request) {
		Event event = new Event(request.date(), request.text());
		this.events.create(event);
		return event;
	}

	@GetMapping
	List<Event> list(@RequestParam @DateTimeFormat(iso = ISO.DATE) @PastOrPresent LocalDate date) {
		return this.events.findAll(date);
	}

	record NewEvent(@NotNull @PastOrPresent LocalDate date,
			@NotNull @Size(max = 1000) @Pattern(regexp = "[^\\p{Cc}\\p{Cs}]+") String text) {

	}

}
