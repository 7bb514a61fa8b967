package dev.scaling.starter.consistency.documentation;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.scaling.consistency.ConsistencySession;
import dev.scaling.consistency.ConsistencyToken;

/**
 * Work of the examples that goes on in another session.
 */
class CustomerMessages {

	private final CustomerService customers;

	private final Queue<EmailChanged> queue = new ConcurrentLinkedQueue<>();

	CustomerMessages(CustomerService customers) {
		this.customers = customers;
	}

	void send(long id, String email) {
		// tag::send[]
		this.customers.changeEmail(id, email); // commits
		String token = ConsistencySession.current().token().toString();
		this.queue.add(new EmailChanged(id, token));
		// end::send[]
	}

	String receive() {
		EmailChanged message = this.queue.remove();
		// tag::receive[]
		String email = ConsistencySession.open(ConsistencyToken.parse(message.token()))
			.call(() -> this.customers.email(message.id()));
		// end::receive[]
		return email;
	}

	String afterOthers(Runnable legacySystem) {
		// tag::mark[]
		legacySystem.run(); // writes to the same database over connections of its own
		ConsistencySession.current().markWrite();
		return this.customers.email(1); // sees it
		// end::mark[]
	}

	/**
	 * A message of the examples.
	 *
	 * @param id the customer
	 * @param token the token of the sender
	 */
	record EmailChanged(long id, String token) {

	}

}
