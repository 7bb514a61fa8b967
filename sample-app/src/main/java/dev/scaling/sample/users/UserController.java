package dev.scaling.sample.users;

import java.net.URI;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The customers on the shards over HTTP.
 */
@RestController
@Profile("shards")
@RequestMapping("/users")
class UserController {

	private final UserService users;

	UserController(UserService users) {
		this.users = users;
	}

	@PostMapping
	ResponseEntity<User> create(@RequestBody @Valid NewUser request) {
		User user = new User(request.id(), request.username(), request.email());
		if (!this.users.create(user)) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "There is a user " + user.id() + " already");
		}
		return ResponseEntity.created(URI.create("/users/" + user.id())).body(user);
	}

	@GetMapping("/{id}")
	User get(@PathVariable long id) {
		return this.users.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no user " + id));
	}

	record NewUser(@NotNull Long id, @NotNull @Size(max = 50) @Pattern(regexp = "[\\w.-]+") String username,
			@NotNull @Size(max = 254) @Email(regexp = "\\p{ASCII}+") String email) {

	}

}
