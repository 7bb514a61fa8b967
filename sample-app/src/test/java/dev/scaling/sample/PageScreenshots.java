package dev.scaling.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.scaling.test.PostgresNode;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/**
 * Takes the pictures in {@code docs/images}: {@code docs/screenshots.sh}.
 */
@TestPropertySource(properties = "spring.application.name=screenshots")
@DirtiesContext
class PageScreenshots extends AbstractSampleTests {

	private static final Path IMAGES = Path.of("..", "docs", "images");

	private static final String TRAFFIC_OF_HALF_A_MINUTE = "document.querySelector('.tile path').getAttribute('d').split('L').length > 30";

	@LocalServerPort
	private int port;

	@Test
	void takeScreenshots() throws IOException {
		try (Browser browser = Browser.start()) {
			browser.devTools("Emulation.setDeviceMetricsOverride",
					Map.of("width", 1440, "height", 760, "deviceScaleFactor", 1, "mobile", false));
			browser.open("http://localhost:" + this.port + "/actuator/scaling");
			browser.colorScheme("light");
			browser.click("#play-traffic");
			browser.awaitText("#decisions", "ProfileService");
			cluster().replica(1).pauseReplay();
			browser.click("#play-write");
			browser.awaitText("[data-node=replica-1]", " s behind");
			cluster().replicas().forEach(PostgresNode::resumeReplay);
			browser.awaitTrue(TRAFFIC_OF_HALF_A_MINUTE);
			save(browser, "page-light.png");
			browser.colorScheme("dark");
			post("/faults/failover", "").expectStatus().isOk();
			String successor = cluster().primary().id();
			browser.awaitText("#events", successor + " was promoted", "primary does not answer");
			browser.awaitText("[data-node=" + successor + "]", "takes the writes");
			browser.awaitTrue("[...document.querySelectorAll('.map text')].filter((text) => /[1-9].* writes/.test("
					+ "text.textContent)).length > 0 && !document.querySelector('.changed')");
			save(browser, "page-failover-dark.png");
		}
	}

	private static void save(Browser browser, String name) throws IOException {
		browser.script("scrollTo(0, 0)");
		Files.createDirectories(IMAGES);
		Files.write(IMAGES.resolve(name), browser.screenshot());
	}

}
