package dev.scaling.starter.adoption.documentation;

import dev.scaling.starter.adoption.EnableJdbcAutoConfiguration;

import org.springframework.boot.SpringBootConfiguration;

/**
 * The application that adopts the starter.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableJdbcAutoConfiguration
class PlainApplication {

}
