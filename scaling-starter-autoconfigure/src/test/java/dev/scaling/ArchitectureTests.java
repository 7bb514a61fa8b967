package dev.scaling;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Tests for the arrows between the packages.
 */
class ArchitectureTests {

	private static final JavaClasses classes = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("dev.scaling");

	@Test
	void packagesAreFreeOfCycles() {
		check(SlicesRuleDefinition.slices().matching("(dev.scaling..)").should().beFreeOfCycles());
	}

	@Test
	void arrowsPointFromAutoConfigurationToFeaturesToRoutingToConsistencyToTopology() {
		check(Architectures.layeredArchitecture()
			.consideringOnlyDependenciesInLayers()
			.layer("autoconfigure")
			.definedBy("dev.scaling.autoconfigure..")
			.layer("features")
			.definedBy("dev.scaling.monitor..", "dev.scaling.pool..", "dev.scaling.sharding..", "dev.scaling.metrics..",
					"dev.scaling.health..", "dev.scaling.actuate..", "dev.scaling.servlet..", "dev.scaling.jpa..",
					"dev.scaling.insight..", "dev.scaling.consistency.servlet..")
			.layer("routing")
			.definedBy("dev.scaling.routing..")
			.layer("consistency")
			.definedBy("dev.scaling.consistency")
			.layer("users")
			.definedBy("dev.scaling")
			.layer("topology")
			.definedBy("dev.scaling.topology..")
			.whereLayer("autoconfigure")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("features")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("routing")
			.mayOnlyBeAccessedByLayers("autoconfigure", "features")
			.whereLayer("consistency")
			.mayOnlyBeAccessedByLayers("autoconfigure", "features", "routing")
			.whereLayer("users")
			.mayOnlyBeAccessedByLayers("autoconfigure", "features", "routing", "consistency")
			.whereLayer("topology")
			.mayOnlyBeAccessedByLayers("autoconfigure", "features", "routing", "consistency", "users"));
	}

	@Test
	void micrometerMetersAreOnlyKnownWhereMetersAreBound() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("dev.scaling.metrics..", "dev.scaling.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.micrometer.core.."));
	}

	@Test
	void autoConfigurationsAreFinalWithoutPublicMembers() {
		check(ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.haveModifier(JavaModifier.FINAL));
		check(ArchRuleDefinition.methods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.notBePublic()
			.andShould()
			.notBePrivate());
	}

	@Test
	void namesSayWhatAClassDoes() {
		check(ArchRuleDefinition.noClasses().should().haveNameMatching(".*(Impl|Helper|Utils|Manager)$"));
	}

	@Test
	void implementationOfTheLogicalConnectionIsHidden() {
		check(ArchRuleDefinition.classes()
			.that()
			.resideInAPackage("dev.scaling.routing")
			.and(JavaClass.Predicates.simpleNameStartingWith("Logical"))
			.should()
			.bePackagePrivate());
	}

	private static void check(ArchRule rule) {
		rule.check(classes);
	}

}
