package dev.scaling.starter.routing;

import java.util.concurrent.Callable;

import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the table of transactions with an {@code EntityManager} that open-in-view
 * keeps for the whole request.
 */
@TestPropertySource(properties = "scaling.consistency.mode=none")
@SpringBootTest(classes = JpaPropagationMatrixTests.Application.class)
class OpenInViewPropagationMatrixTests extends JpaPropagationMatrixTests {

	@Autowired
	private MockMvc mvc;

	@Autowired
	private JpaApplication.RequestController controller;

	@Autowired
	private EntityManagerFactory entityManagerFactory;

	@Test
	void requestsHaveAnEntityManager() throws Exception {
		runCase(() -> assertThat(TransactionSynchronizationManager.hasResource(this.entityManagerFactory)).isTrue());
	}

	@Override
	void runCase(Callable<?> work) throws Exception {
		this.controller.handle(work, () -> this.mvc.perform(MockMvcRequestBuilders.get("/work")));
	}

}
