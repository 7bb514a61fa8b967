package dev.scaling.test;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;

/**
 * {@link TestExecutionListener} that repairs the clusters after the tests of a class.
 */
class PostgresClusterTestExecutionListener implements TestExecutionListener {

	@Override
	public void afterTestClass(TestContext testContext) {
		if (TestContextAnnotationUtils.hasAnnotation(testContext.getTestClass(), AutoConfigurePostgresCluster.class)) {
			PostgresClusterContextCustomizer.repairClusters();
		}
	}

}
