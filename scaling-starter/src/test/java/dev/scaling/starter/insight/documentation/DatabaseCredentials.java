package dev.scaling.starter.insight.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.util.Credentials;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

// tag::credentials[]
@Configuration(proxyBeanMethods = false)
class DatabaseCredentials {

	@Bean
	HikariCredentialsProvider credentialsProvider(@Value("${shop.password-file}") Path file) {
		return () -> Credentials.of("shop", read(file));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file).strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
// end::credentials[]
