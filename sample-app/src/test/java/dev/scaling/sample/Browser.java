package dev.scaling.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * A Chromium without a window, if Debian's packages are installed.
 */
final class Browser implements AutoCloseable {

	static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private final ChromeDriver driver;

	private Browser(ChromeDriver driver) {
		this.driver = driver;
	}

	/**
	 * Starts the browser, or has the tests skipped.
	 */
	static Browser start() {
		assumeThat(CHROMIUM).as("apt-get install chromium").matches(Files::isExecutable);
		assumeThat(DRIVER).as("apt-get install chromium-driver").matches(Files::isExecutable);
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		logs.enable(LogType.PERFORMANCE, Level.ALL);
		ChromeOptions options = new ChromeOptions().setBinary(CHROMIUM.toFile());
		// The sandbox does not work for root, and the page is ours.
		options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
		options.setCapability("goog:loggingPrefs", logs);
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile())
			.usingAnyFreePort()
			.build();
		Browser browser = new Browser(new ChromeDriver(service, options));
		browser.resize(1440, 900);
		return browser;
	}

	void resize(int width, int height) {
		this.driver.manage().window().setSize(new Dimension(width, height));
	}

	void open(String url) {
		devTools("Emulation.setEmulatedMedia", Map.of("features", List.of()));
		this.driver.get("about:blank");
		this.driver.manage().logs().get(LogType.BROWSER);
		this.driver.manage().logs().get(LogType.PERFORMANCE);
		this.driver.get(url);
	}

	void colorScheme(String scheme) {
		devTools("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
	}

	Map<String, Object> devTools(String command, Map<String, Object> parameters) {
		return this.driver.executeCdpCommand(command, parameters);
	}

	@SuppressWarnings("unchecked")
	<T> T script(String script) {
		return (T) this.driver.executeScript(script);
	}

	WebElement find(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	void click(String selector) {
		script("document.querySelector('" + selector + "').scrollIntoView({block: 'center'})");
		find(selector).click();
	}

	void press(CharSequence key) {
		new Actions(this.driver).sendKeys(key).perform();
	}

	/**
	 * The text of an element as a reader sees it, empty for a hidden one.
	 */
	String text(String selector) {
		return script("const found = document.querySelector('" + selector + "'); return found ? found.innerText : ''");
	}

	void awaitText(String selector, String... parts) {
		await().atMost(PATIENCE)
			.until(() -> text(selector), (text) -> List.of(parts).stream().allMatch(text::contains));
	}

	void awaitTrue(String expression) {
		await().atMost(PATIENCE).until(() -> script("return " + expression), Boolean.TRUE::equals);
	}

	/**
	 * What the browser complained of since the page was opened.
	 */
	List<String> complaints() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::getMessage)
			.toList();
	}

	/**
	 * The URLs that were asked for since the page was opened.
	 */
	List<String> requests() {
		return this.driver.manage()
			.logs()
			.get(LogType.PERFORMANCE)
			.getAll()
			.stream()
			.map(LogEntry::getMessage)
			.filter((message) -> message.contains("\"Network.requestWillBeSent\""))
			.map((message) -> message.replaceAll("(?s).*\"request\":\\{.*?\"url\":\"([^\"]*)\".*", "$1"))
			.filter((url) -> !url.equals("about:blank"))
			.toList();
	}

	byte[] screenshot() {
		Object data = devTools("Page.captureScreenshot", Map.of("format", "png")).get("data");
		return Base64.getDecoder().decode((String) data);
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
