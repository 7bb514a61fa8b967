package dev.scaling.jpa;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.type.Type;

/**
 * An element or key of a collection that is compared as Hibernate compares its type:
 * entities by their identifiers, so that those of two sessions can be equal.
 *
 * @param type the type
 * @param value the value
 * @param factory the factory that the type belongs to
 */
record TypedElement(Type type, Object value, SessionFactoryImplementor factory) {

	@Override
	public boolean equals(Object other) {
		return other instanceof TypedElement that && this.type.isEqual(this.value, that.value, this.factory);
	}

	@Override
	public int hashCode() {
		return this.type.getHashCode(this.value, this.factory);
	}

}
