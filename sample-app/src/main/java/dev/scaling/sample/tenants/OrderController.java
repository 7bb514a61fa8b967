package dev.scaling.sample.tenants;

import java.math.BigDecimal;
import java.util.List;

import dev.scaling.Shards;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The orders over HTTP: those of a tenant, and those of all tenants.
 */
@RestController
@Profile("shards")
class OrderController {

	private final OrderService orders;

	private final Shards shards;

	OrderController(OrderService orders, Shards shards) {
		this.orders = orders;
		this.shards = shards.of("tenants");
	}

	@PostMapping("/tenants/{tenant}/orders")
	@ResponseStatus(HttpStatus.CREATED)
	Order create(@PathVariable @Size(max = 50) @Pattern(regexp = "[\\w.-]+") String tenant,
			@RequestBody @Valid NewOrder request) {
		return this.orders.create(tenant, request.total());
	}

	@GetMapping("/tenants/{tenant}/orders")
	List<Order> list(@PathVariable @Size(max = 50) @Pattern(regexp = "[\\w.-]+") String tenant) {
		return this.orders.findAll(tenant);
	}

	/**
	 * The largest of all orders: each shard gives its largest ones, in the order in which
	 * they are merged.
	 * @param limit how many
	 * @return the orders, the largest first
	 */
	@GetMapping("/orders/top")
	List<Order> top(@RequestParam(defaultValue = "20") @Min(1) @Max(1000) int limit) {
		return this.shards.gatherRows((shard) -> this.orders.findLargest(limit))
			.merge(OrderService.LARGEST_FIRST, 0, limit);
	}

	@GetMapping("/orders/count")
	OrderCount count() {
		return new OrderCount(this.orders.count());
	}

	record NewOrder(@NotNull @Positive @Digits(integer = 10, fraction = 2) BigDecimal total) {

	}

	record OrderCount(long count) {

	}

}
