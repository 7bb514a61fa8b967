package dev.scaling.monitor;

import java.util.Properties;

import com.zaxxer.hikari.util.Credentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DriverConnector}.
 */
class DriverConnectorTests {

	@ParameterizedTest
	@CsvSource({ "jdbc:postgresql://db/shop, jdbc:postgresql://db/shop",
			"jdbc:postgresql://db/shop?sslmode=require&socketTimeout=9&user=app, jdbc:postgresql://db/shop?sslmode=require&user=app",
			"jdbc:postgresql://db/shop?ApplicationName=shop&loginTimeout=30, jdbc:postgresql://db/shop?",
			"jdbc:postgresql://db/shop?prepareThreshold=3&sslmode=require, jdbc:postgresql://db/shop?sslmode=require",
			"jdbc:postgresql://db/shop?currentSchema=a&tcpKeepAlive=true, jdbc:postgresql://db/shop?currentSchema=a&tcpKeepAlive=true",
			"jdbc:tc:postgresql:18:///shop?socketTimeout=9, jdbc:tc:postgresql:18:///shop?socketTimeout=9" })
	void urlLosesWhatIsTheMonitorsBusiness(String url, String expected) {
		assertThat(DriverConnector.withoutOwnParameters(url)).isEqualTo(expected);
	}

	@Test
	void secretsAreNotShown() {
		assertThat(ProbeConnector.ofUrl("jdbc:postgresql://db/shop?password=secret", null, new Properties(),
				() -> Credentials.of("app", "secret")))
			.hasToString("connector to jdbc:postgresql://db/shop");
	}

}
