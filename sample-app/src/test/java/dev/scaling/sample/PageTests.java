package dev.scaling.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the page of {@code /actuator/scaling} in a browser. They are skipped where
 * there is no Chromium.
 */
@TestPropertySource(properties = { "spring.application.name=page",
		"management.endpoints.web.exposure.include=health,scaling,scalingdecisions,scalingpgbouncer" })
@DirtiesContext
class PageTests extends AbstractSampleTests {

	/**
	 * Puts markup into each text and each name that the application answers with.
	 */
	private static final String ATTACK = """
			(() => {
				const markup = '<img src=x onerror="window.attacked = true">', original = window.fetch;
				const named = ['clusters', 'nodes', 'decisions'];
				const poison = (value, names) => {
					if (Array.isArray(value)) return value.map((part) => poison(part, false));
					if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value)
						.map(([name, part]) => [names ? name + markup : name, poison(part, named.includes(name))]));
					return typeof value === 'string' ? value + markup : value;
				};
				window.fetch = async (path, options) => {
					const response = await original(path, options), data = await response.json();
					return new Response(JSON.stringify(data._links ? data : poison(data, false)), {status: response.status});
				};
			})();
			""";

	/**
	 * Answers of endpoints that this application does not have.
	 */
	private static final String ANSWERS = """
			(() => {
				const original = window.fetch, answers = {
					scalingadvisor: {verdict: 'Tune first', window: '5 minutes', path: [{question: 'Slow queries?', answer: 'yes'}],
						findings: [{id: 'sequential-scans', cluster: 'main', bottleneck: 'slow-queries', severity: 'high',
							confidence: 'medium', title: 'Orders are scanned', evidence: ['12000 rows', {calls: 7}],
							recommendation: 'Add an index', next: ['Look at the plan', 'GET /plan']}]},
					scalingpgbouncer: {configured: true, waitingMillis: 1500, status: {version: '1.24.0', pools: [
						{database: 'shop', user: 'app', mode: 'transaction', clientsActive: 5, clientsWaiting: 3,
							serversActive: 5, serversIdle: 0, longestWait: 'PT1.5S'}]},
						findings: [{id: 'clients-waiting', summary: 'Clients wait', action: 'Raise default_pool_size.'}]},
					scalingbudget: {mode: 'warn', servers: [{nodes: {primary: {}}, usable: 97, limit: {usable: 97}, demand: 120,
						verdict: 'exceeded', arithmetic: '12 instances', connections: {total: 90, idle: 50}}],
						poolers: [{nodes: {'replica-1': {}}, limit: {usable: 100}, demand: 240, verdict: 'exceeded', clients: 70,
							arithmetic: '24 instances', reason: 'The console did not answer'}]},
					scalingkeys: {keyspaces: {users: {mapping: 'hash (md5)', shards: ['shard-0', 'shard-1'], tables: {users: 'id'},
						schema: {'shard-0': {state: 'migrated', version: '1'}, 'shard-1': {state: 'unreachable', error: 'refused'}}}}}
				}, shard = (name, node, count) => ({primary: name + '/primary', failovers: 0, lostPositions: 0,
					nodes: {[name + '/primary']: {...node, decisions: {'read-write': count}}}});
				window.fetch = async (path, options) => {
					const name = Object.keys(answers).find((each) => path.endsWith(each));
					if (name) return new Response(JSON.stringify(answers[name]));
					const response = await original(path, options), data = await response.json();
					Object.keys(answers).forEach((each) => {
						if (data._links) data._links[each] = {href: data._links.self.href + '/' + each};
					});
					if (data.clusters) {
						data.clusters['shard-0'] = shard('shard-0', data.clusters.main.nodes.primary, 30);
						data.clusters['shard-1'] = shard('shard-1', data.clusters.main.nodes.primary, 10);
					}
					return new Response(JSON.stringify(data));
				};
			})();
			""";

	/**
	 * The texts that do not stand out from what is behind them, as WCAG 2 calculates it.
	 */
	private static final String FAINT_TEXTS = """
			const color = (value) => (value.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
			const light = (value) => value.slice(0, 3).map((part) => part / 255)
				.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
				.reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
			const behind = (element) => {
				for (let each = element; each; each = each.parentElement) {
					const found = color(getComputedStyle(each).backgroundColor);
					if (found.length === 3) return found;
				}
				return [255, 255, 255];
			};
			return [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility()
				&& !element.closest('svg, script, style, .unseen, .skip')
				&& [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
				.filter((element) => {
					const [one, other] = [light(color(getComputedStyle(element).color)), light(behind(element))];
					return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5;
				}).map((element) => element.className + ' ' + element.textContent);
			""";

	private static Browser browser;

	@LocalServerPort
	private int port;

	@BeforeAll
	static void startBrowser() {
		browser = Browser.start();
	}

	@AfterAll
	static void closeBrowser() {
		if (browser != null) {
			browser.close();
		}
	}

	@BeforeEach
	void openPage() {
		open();
	}

	@AfterEach
	void repair() {
		if (!cluster().nodes().stream().allMatch(PostgresNode::isRunning)) {
			post("/faults/repair", "").expectStatus().isOk();
		}
		cluster().replicas().forEach(PostgresNode::resumeReplay);
	}

	@Test
	void clustersAreShown() {
		browser.awaitText("[data-node=primary]", "primary", "✓ up", "takes the writes", "in use");
		browser.awaitText("[data-node=replica-1]", "replica", "✓ up", "behind");
		browser.awaitText("[data-node=replica-2]", "replica", "✓ up", "behind");
		browser.awaitText("#verdict", "All is well");
		browser.script("document.querySelector('details').open = true");
		browser.awaitText("details table", "replica-2", cluster().node("replica-2").jdbcUrl());
	}

	@Test
	void workIsExplained() {
		browser.click("#play-write");
		browser.awaitText("#play-output", "Write: served by primary");
		browser.click("#play-visitor");
		browser.awaitText("#play-output", "Read as somebody else: served by replica-");
		browser.awaitText("[data-reason=read-write]", "Writes", "only the primary can serve it");
		browser.awaitText("[data-reason=read-only]", "Only reads", "replica");
		browser.awaitText("#decisions", "Only reads", "ProfileService.find");
		cluster().replicas().forEach(PostgresNode::pauseReplay);
		browser.click("#play-write");
		browser.awaitText("#play-output", "Write: served by primary");
		browser.click("#play-read");
		browser.awaitText("#play-output", "Read: served by primary");
		browser.awaitText("[data-reason=session-consistency]", "Sees its own write");
		browser.awaitText("#events", "Reads go to the primary: sees its own write");
	}

	@Test
	void failoverIsWatched() {
		browser.script("window.opened = true");
		browser.awaitText("[data-node=primary]", "takes the writes");
		post("/faults/failover", "").expectStatus().isOk();
		String successor = cluster().primary().id();
		assertThat(successor).startsWith("replica-");
		browser.awaitText("[data-node=" + successor + "]", "primary", "takes the writes", "was promoted");
		browser.awaitText("#events", successor + " was promoted: it takes the writes now, in place of primary",
				"primary does not answer");
		browser.awaitText("[data-node=primary]", "! unreachable");
		browser.awaitText("#verdict", "primary is unreachable", successor + " is the primary of main");
		assertThat(browser.text("#events")).containsPattern("[0-2][0-9]:[0-5][0-9]:[0-5][0-9]");
		assertThat(browser.<Boolean>script("return window.opened")).isTrue();
		browser.click("#play-repair");
		browser.awaitText("[data-node=primary]", "takes the writes");
		browser.awaitText("#events", "primary was promoted", "primary is up again");
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void primaryWithoutSuccessorIsSaid() {
		browser.awaitText("#verdict", "All is well");
		cluster().primary().kill();
		browser.awaitText("#verdict", "No primary takes the writes of main: they wait", "primary is unreachable");
		browser.awaitText("[data-node=primary]", "primary", "! unreachable");
		browser.awaitText("#events", "primary does not answer, so writes wait for a primary");
		cluster().primary().start();
		browser.awaitText("#verdict", "All is well");
		browser.awaitText("#events", "primary is up again");
	}

	@Test
	void lostConnectionIsSaid() {
		browser.awaitText("#connection", "live");
		offline(true);
		browser.awaitText("#lost", "The connection to the application is lost since", "nobody answers");
		browser.awaitText("#connection", "connection lost");
		offline(false);
		browser.awaitText("#connection", "live");
		browser.awaitText("#events", "The application answers again");
		assertThat(browser.find("#lost").isDisplayed()).isFalse();
	}

	@Test
	void nothingIsAskedWhilePaused() {
		browser.awaitText("#connection", "live");
		browser.click("#pause");
		browser.awaitText("#connection", "paused");
		browser.requests();
		await().during(Duration.ofSeconds(2)).until(() -> browser.requests().isEmpty());
		browser.click("#pause");
		browser.awaitText("#connection", "live");
	}

	@Test
	void nothingIsAskedInTheBackground() {
		browser.awaitText("#connection", "live");
		hidden(true);
		await().during(Duration.ofSeconds(2)).until(() -> browser.requests().isEmpty());
		hidden(false);
		await().atMost(Browser.PATIENCE).until(() -> !browser.requests().isEmpty());
	}

	@Test
	void endpointThatIsNotExposedIsAHint() {
		browser.awaitText("[data-endpoint=scalingbudget]", "Connection budget",
				"Add scalingbudget to management.endpoints.web.exposure.include");
		browser.awaitText("[data-endpoint=scalingpgbouncer]", "scaling.pgbouncer.admin.url");
		assertThat(browser.find("#budget-panel").isDisplayed()).isFalse();
		assertThat(browser.find("#shards-panel").isDisplayed()).isFalse();
		assertThat(browser.find("#decisions-panel").isDisplayed()).isTrue();
	}

	@Test
	void shardsAdviceBudgetAndPgBouncerAreShown() {
		withScript(ANSWERS, () -> {
			browser.awaitText("#advisor", "Tune first (5 minutes)", "Orders are scanned (main, slow queries)",
					"12000 rows", "calls: 7", "confidence: medium", "Add an index. Look at the plan. GET /plan.");
			browser.awaitText("#pgbouncer-panel", "1.24.0: clients have been waiting for 1.5 s",
					"shop (app, transaction)", "Clients wait", "Raise default_pool_size.");
			browser.awaitText("#shards", "30 since the start", "10 since the start", "Skew", "since the start 1.5");
			browser.awaitText("#keyspaces", "users by id", "hash (md5)", "shard-0, shard-1",
					"shard-1 unreachable: refused");
			browser.awaitText("[data-node=\"shard-1/primary\"]", "takes the writes");
			browser.awaitText("#budget", "exceeded", "90 of 97 connections are open, 50 of them idle",
					"PgBouncer in front of replica-1", "70 of 100 clients are connected", "may be 240",
					"24 instances. The console did not answer");
			assertThat(browser.<List<String>>script(FAINT_TEXTS)).isEmpty();
		});
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void nothingIsAskedOfOthers() {
		browser.awaitText("#decisions-title", "Last decisions");
		browser.awaitTrue("performance.getEntriesByType('resource').length > 8");
		assertThat(browser.requests()).hasSizeGreaterThan(8)
			.allMatch((url) -> url.startsWith("http://localhost:" + this.port + "/") || url.startsWith("data:"));
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void policyRefusesWhatIsNotOfThePage() {
		browser.awaitText("#connection", "live");
		browser.script("""
				const script = document.createElement('script');
				script.textContent = 'window.attacked = true';
				document.body.append(script);
				const image = document.createElement('img');
				image.src = 'http://127.0.0.1:1/image.png';
				document.body.append(image);""");
		await().atMost(Browser.PATIENCE)
			.untilAsserted(() -> assertThat(browser.complaints()).anyMatch((each) -> each.contains("script-src"))
				.anyMatch((each) -> each.contains("img-src")));
		assertThat(browser.<Boolean>script("return window.attacked === undefined")).isTrue();
	}

	@Test
	void textOfTheApplicationIsNoMarkup() {
		withScript(ATTACK, () -> {
			browser.awaitText(".node strong", "primary<img src=x");
			browser.awaitText("h3", "main<img src=x");
			browser.awaitText("#decisions-panel", "<img src=x");
			browser.awaitTrue("document.querySelectorAll('img').length === 0 && window.attacked === undefined");
		});
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void everythingIsReachedByKeyboard() {
		browser.awaitText("#play-nodes", "Freeze");
		List<String> reached = new ArrayList<>();
		browser.press(Keys.TAB);
		assertThat(focused()).isEqualTo("Skip to the clusters");
		assertThat(browser.<Boolean>script("return document.activeElement.getBoundingClientRect().left >= 0")).isTrue();
		for (int i = 0; i < 100 && !reached.contains(focused()); i++) {
			reached.add(focused());
			assertThat(browser.<String>script("return getComputedStyle(document.activeElement).outlineStyle"))
				.isNotEqualTo("none");
			browser.press(Keys.TAB);
		}
		assertThat(reached).contains("Pause", "Steady traffic", "Read", "Write", "Failover of main",
				"Let the replicas of main lag", "Repair everything", "The same as a table");
		browser.script("document.getElementById('pause').focus()");
		browser.press(Keys.SPACE);
		assertThat(browser.find("#pause").getDomAttribute("aria-pressed")).isEqualTo("true");
	}

	@Test
	void screenReadersFindTheirWay() {
		browser.awaitText("#connection", "live");
		assertThat(browser.<List<String>>script(
				"""
						return [...document.querySelectorAll('section, button, [role=region], [role=group], [role=log], table, svg')]
							.filter((element) => element.checkVisibility() && element.getAttribute('aria-hidden') !== 'true')
							.filter((element) => !(element.getAttribute('aria-label') || element.textContent.trim()
								&& ['BUTTON', 'TABLE'].includes(element.tagName)
								|| (document.getElementById(element.getAttribute('aria-labelledby')) || {}).textContent))
							.map((element) => element.outerHTML.slice(0, 100))"""))
			.isEmpty();
		assertThat(browser.<Long>script("return document.querySelectorAll('main, header').length")).isEqualTo(2);
		assertThat(browser.find("#events").getDomAttribute("aria-live")).isEqualTo("polite");
		assertThat(browser.<String>script("return document.documentElement.lang")).isEqualTo("en");
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void textCanBeRead(String scheme) {
		browser.colorScheme(scheme);
		browser.awaitText("#play-nodes", "Freeze");
		cluster().replica(1).kill();
		browser.awaitText("[data-node=replica-1]", "! unreachable");
		browser.awaitText("#hidden-panel", "Connection budget");
		assertThat(browser.<List<String>>script(FAINT_TEXTS)).isEmpty();
		List<Long> ground = browser
			.script("return getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)");
		assertThat(ground.get(0)).matches((red) -> scheme.equals("light") ? red > 200 : red < 60);
	}

	@Test
	void narrowWindowsScrollOnlyThePicture() {
		browser.resize(500, 900);
		try {
			browser.awaitText("[data-node=primary]", "takes the writes");
			assertThat(browser.<Boolean>script("return document.documentElement.scrollWidth <= innerWidth")).isTrue();
		}
		finally {
			browser.resize(1440, 900);
		}
	}

	private void open() {
		browser.open("http://localhost:" + this.port + "/actuator/scaling");
	}

	/**
	 * Opens the page with a script that runs before its own.
	 */
	private void withScript(String source, Runnable assertions) {
		Object script = browser.devTools("Page.addScriptToEvaluateOnNewDocument", Map.of("source", source))
			.get("identifier");
		try {
			open();
			assertions.run();
		}
		finally {
			browser.devTools("Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", script));
		}
	}

	private static String focused() {
		return browser.script("const focus = document.activeElement;"
				+ "return focus.tagName === 'BODY' ? '' : focus.getAttribute('aria-label') || focus.innerText");
	}

	private static void hidden(boolean hidden) {
		browser.script("Object.defineProperty(document, 'hidden', {value: " + hidden + ", configurable: true});"
				+ "document.dispatchEvent(new Event('visibilitychange'))");
	}

	private static void offline(boolean offline) {
		browser.devTools("Network.enable", Map.of());
		browser.devTools("Network.emulateNetworkConditions",
				Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
	}

}
