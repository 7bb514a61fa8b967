package dev.scaling.sample.profiles;

import java.net.URI;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The customers over HTTP.
 */
@RestController
@RequestMapping("/profiles")
class ProfileController {

	private final ProfileService profiles;

	ProfileController(ProfileService profiles) {
		this.profiles = profiles;
	}

	@GetMapping
	List<ProfileWithOrders> list(@RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit,
			@RequestParam(defaultValue = "join") @Pattern(regexp = "join|batch|n-plus-one") String fetch) {
		return switch (fetch) {
			case "join" -> this.profiles.listByJoin(limit);
			case "batch" -> this.profiles.listByBatch(limit);
			default -> this.profiles.listOneByOne(limit);
		};
	}

	@GetMapping("/{id}")
	Profile get(@PathVariable long id) {
		return this.profiles.find(id).orElseThrow(() -> unknown(id));
	}

	@PostMapping
	ResponseEntity<Profile> create(@RequestBody @Valid NewProfile request) {
		Profile profile = this.profiles.create(request.username(), request.email());
		return ResponseEntity.created(URI.create("/profiles/" + profile.id())).body(profile);
	}

	@PutMapping("/{id}/email")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void updateEmail(@PathVariable long id, @RequestBody @Valid NewEmail request) {
		if (!this.profiles.updateEmail(id, request.email())) {
			throw unknown(id);
		}
	}

	private static ResponseStatusException unknown(long id) {
		return new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no profile " + id);
	}

	record NewProfile(@NotNull @Size(max = 50) @Pattern(regexp = "[\\w.-]+") String username,
			@NotNull @Size(max = 254) @Email(regexp = "\\p{ASCII}+") String email) {

	}

	record NewEmail(@NotNull @Size(max = 254) @Email(regexp = "\\p{ASCII}+") String email) {

	}

}
