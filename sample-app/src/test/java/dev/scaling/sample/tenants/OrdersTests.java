package dev.scaling.sample.tenants;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;

import dev.scaling.sample.AbstractShardTests;
import dev.scaling.test.PostgresNode;
import dev.scaling.test.RecordedStatements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OrderController} and {@link OrderService}.
 */
class OrdersTests extends AbstractShardTests {

	@Test
	void createReturnsOrder() {
		create("initech", "99.90").expectStatus()
			.isCreated()
			.expectBody()
			.jsonPath("$.id")
			.isNotEmpty()
			.jsonPath("$.tenant")
			.isEqualTo("initech")
			.jsonPath("$.total")
			.isEqualTo(99.9)
			.jsonPath("$.createdAt")
			.isNotEmpty();
	}

	@Test
	void listReturnsOrdersOfTheTenantOnly() {
		create("hooli", "1.00");
		create("hooli", "3.00");
		create("hooli", "2.00");
		create("piedpiper", "4.00");
		awaitReplication();
		get("/tenants/hooli/orders").expectStatus()
			.isOk()
			.expectBody()
			.json("""
					[{"tenant": "hooli", "total": 1.00}, {"tenant": "hooli", "total": 3.00}, {"tenant": "hooli", "total": 2.00}]
					""")
			.jsonPath("$.length()")
			.isEqualTo(3);
	}

	@Test
	void listOfTenantWithoutOrdersIsEmpty() {
		get("/tenants/nobody/orders").expectStatus().isOk().expectBody().json("[]", JsonCompareMode.STRICT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "acme", "globex", "42", "00000000-0000-0000-0000-000000000000" })
	void allOrdersOfATenantAreOnOneShard(String tenant) {
		String route = create(tenant, "10.00").returnResult().getResponseHeaders().getFirst("Scaling-Route");
		assertThat(route).endsWith("/primary");
		String shard = route.substring(0, route.indexOf('/'));
		assertRoute(create(tenant, "20.00"), route);
		for (String each : SHARDS) {
			assertThat(orders(each, tenant)).isEqualTo(each.equals(shard) ? 2 : 0);
		}
		awaitReplication();
		assertRoute(get("/tenants/" + tenant + "/orders"), shard + "/replica-1");
	}

	@Test
	void tenantsAreOnSeveralShards() {
		List<String> routes = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
			.stream()
			.map((tenant) -> create(tenant, "1.00").returnResult().getResponseHeaders().getFirst("Scaling-Route"))
			.toList();
		assertThat(routes.stream().distinct()).hasSizeGreaterThan(1);
	}

	@Test
	void topReturnsTheLargestOrdersOfAllShards() {
		createOnAllShards();
		awaitReplication();
		List<BigDecimal> totals = totals();
		assertThat(top("?limit=1000")).containsExactlyElementsOf(totals);
		assertThat(top("?limit=3")).containsExactlyElementsOf(totals.subList(0, 3));
		assertThat(top("")).containsExactlyElementsOf(totals.subList(0, 20));
	}

	@Test
	void ordersOfOneTenantAreOnOneShard() {
		create("single", "1.00").expectStatus().isCreated();
		awaitReplication();
		try (RecordedStatements recorded = RecordedStatements.start()) {
			get("/tenants/single/orders").expectStatus().isOk();
			assertThat(recorded).containing("FROM orders").hasExactly(1).ranOnOneShard();
		}
		try (RecordedStatements recorded = RecordedStatements.start()) {
			get("/orders/count").expectStatus().isOk();
			assertThat(recorded).containing("FROM orders").ranOnShards(SHARDS.toArray(String[]::new)).ranOnReplicas();
		}
	}

	@Test
	void countIsTheSumOfAllShards() {
		createOnAllShards();
		awaitReplication();
		get("/orders/count").expectStatus()
			.isOk()
			.expectBody()
			.json("{\"count\": %d}".formatted(totals().size()), JsonCompareMode.STRICT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/orders/top", "/orders/count" })
	void ordersOfAllShardsAreReadFromTheirReplicas(String uri) {
		SHARDS.forEach((shard) -> cluster().cluster(shard).nodes().forEach(PostgresNode::resetStatements));
		get(uri).expectStatus().isOk();
		for (String shard : SHARDS) {
			assertThat(cluster().cluster(shard).primary().statements("FROM orders")).isZero();
			assertThat(cluster().cluster(shard).replica(1).statements("FROM orders")).isOne();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			limit=0    ; limit must be greater than or equal to 1
			limit=1001 ; limit must be less than or equal to 1000
			limit=many ; Failed to convert 'limit' with value: 'many'
			""")
	void topOfBadLimitIsBadRequest(String query, String detail) {
		assertProblem(get("/orders/top?" + query), HttpStatus.BAD_REQUEST, detail);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', textBlock = """
			{}                ; total must not be null
			{"total": 0}      ; total must be greater than 0
			{"total": 0.001}  ; total numeric value out of bounds (<10 digits>.<2 digits> expected)
			{"total": 1e10}   ; total numeric value out of bounds (<10 digits>.<2 digits> expected)
			{"total": "1"}    ; Failed to read request
			""")
	void createOfBadOrderIsBadRequest(String json, String detail) {
		assertProblem(post("/tenants/acme/orders", json), HttpStatus.BAD_REQUEST, detail);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "a%00", "\u00e4" })
	void badTenantIsBadRequest(String tenant) {
		assertProblem(get("/tenants/" + tenant + "/orders"), HttpStatus.BAD_REQUEST, "tenant must match \"[\\w.-]+\"");
	}

	private void createOnAllShards() {
		for (int number = 1; number <= 24; number++) {
			create("tenant-" + number, number % 7 + ".50").expectStatus().isCreated();
		}
		assertThat(SHARDS).allSatisfy((shard) -> assertThat(totals(shard)).isNotEmpty());
	}

	private List<BigDecimal> top(String query) {
		return get("/orders/top" + query).expectStatus()
			.isOk()
			.expectBody(new ParameterizedTypeReference<List<Order>>() {
			})
			.returnResult()
			.getResponseBody()
			.stream()
			.map(Order::total)
			.toList();
	}

	private List<BigDecimal> totals() {
		return SHARDS.stream().flatMap((shard) -> totals(shard).stream()).sorted(Comparator.reverseOrder()).toList();
	}

	private List<BigDecimal> totals(String shard) {
		return shard(shard).sql("SELECT total FROM orders").query(BigDecimal.class).list();
	}

	private ResponseSpec create(String tenant, String total) {
		return post("/tenants/" + tenant + "/orders", """
				{"total": %s}
				""".formatted(total));
	}

	private int orders(String shard, String tenant) {
		return shard(shard).sql("SELECT count(*) FROM orders WHERE tenant = ?")
			.param(tenant)
			.query(Integer.class)
			.single();
	}

}
