package dev.scaling.starter.adoption.slice;

import javax.sql.DataSource;

import dev.scaling.routing.Clusters;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for slices whose database Boot replaces by an embedded one, as it does by
 * default, in an application that has replicas. Nothing listens on their ports.
 */
@JdbcTest(properties = { "scaling.primary.url=jdbc:postgresql://127.0.0.1:1/shop",
		"scaling.replicas.replica-1.url=jdbc:postgresql://127.0.0.1:2/shop" })
@Import(Notes.class)
class EmbeddedDatabaseSliceTests {

	@Autowired
	private DataSource dataSource;

	@Autowired
	private Notes notes;

	@Test
	void embeddedDatabaseIsLeftAlone(@Autowired ApplicationContext context) {
		assertThat(this.dataSource).isInstanceOf(EmbeddedDatabase.class);
		assertThat(context.getBean(Clusters.class).all()).isEmpty();
	}

	@Test
	void servicesWorkOnTheEmbeddedDatabase(@Autowired JdbcClient jdbc) {
		jdbc.sql("CREATE TABLE slice_note (text varchar)").update();
		this.notes.add("own");
		assertThat(this.notes.findAll()).containsExactly("own");
	}

}
