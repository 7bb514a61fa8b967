package dev.scaling.starter.resilience;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * A web application whose requests keep their persistence context open, as Boot's default
 * is, and do other things between their transactions.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ OpenInViewApplication.Accounts.class, OpenInViewApplication.AccountController.class,
		OpenInViewApplication.Pause.class })
class OpenInViewApplication {

	@RestController
	static class AccountController {

		private final Accounts accounts;

		private final Pause pause;

		AccountController(Accounts accounts, Pause pause) {
			this.accounts = accounts;
			this.pause = pause;
		}

		@GetMapping("/accounts/{id}")
		String account(@PathVariable Integer id) throws Exception {
			BigDecimal before = this.accounts.find(id).getBalance();
			this.pause.await();
			return before + " " + this.accounts.balance(id);
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.CONFLICT)
		String conflict(OptimisticLockingFailureException ex) {
			return ex.getMessage();
		}

		@PostMapping("/accounts/{id}/owner")
		String changeOwner(@PathVariable Integer id) {
			String owner = this.accounts.find(id).getOwner();
			return this.accounts.changeOwner(id, owner + "!");
		}

		@PostMapping("/accounts/{id}/owner-of-loaded")
		String changeOwnerOfLoaded(@PathVariable Integer id) {
			return this.accounts.changeOwner(this.accounts.find(id));
		}

		@PostMapping("/accounts/{id}/owner-of-lazily-loaded")
		String changeOwnerOfLazilyLoaded(@PathVariable Integer id) {
			Account account = this.accounts.reference(id);
			this.accounts.balance(id);
			account.getOwner();
			return this.accounts.changeOwner(account);
		}

		@PostMapping("/accounts/{id}/tags")
		String addTag(@PathVariable Integer id) {
			Account account = this.accounts.find(id);
			account.getTags().size();
			return this.accounts.addTag(account, "new");
		}

	}

	static class Accounts {

		@PersistenceContext
		private EntityManager entityManager;

		@Transactional(readOnly = true)
		Account find(Integer id) {
			return this.entityManager.find(Account.class, id);
		}

		@Transactional(readOnly = true)
		Account reference(Integer id) {
			return this.entityManager.getReference(Account.class, id);
		}

		@Transactional(readOnly = true)
		BigDecimal balance(Integer id) {
			return this.entityManager.createQuery("SELECT a.balance FROM Account a WHERE a.id = :id", BigDecimal.class)
				.setParameter("id", id)
				.getSingleResult();
		}

		@Transactional
		String changeOwner(Integer id, String owner) {
			Account account = this.entityManager.find(Account.class, id);
			account.setOwner(owner);
			return account.getOwner() + " " + account.getBalance();
		}

		@Transactional
		String addTag(Account account, String tag) {
			account.getTags().add(tag);
			return String.join(" ", account.getTags());
		}

		@Transactional
		String changeOwner(Account account) {
			account.setOwner(account.getOwner() + "!");
			return account.getOwner() + " " + account.getBalance();
		}

	}

	/**
	 * Where requests wait between their transactions until all of them are there.
	 */
	static class Pause {

		private volatile CountDownLatch arrived = new CountDownLatch(0);

		void expect(int requests) {
			this.arrived = new CountDownLatch(requests);
		}

		void await() throws InterruptedException {
			this.arrived.countDown();
			this.arrived.await(30, TimeUnit.SECONDS);
		}

		void end() {
			for (long missing = this.arrived.getCount(); missing > 0; missing--) {
				this.arrived.countDown();
			}
		}

	}

	@Entity(name = "Account")
	@Table(name = "account")
	static class Account {

		@Id
		private Integer id;

		private String owner;

		private BigDecimal balance;

		@ElementCollection
		@CollectionTable(name = "account_tag", joinColumns = @JoinColumn(name = "account_id"))
		@Column(name = "tag")
		private List<String> tags = new ArrayList<>();

		String getOwner() {
			return this.owner;
		}

		void setOwner(String owner) {
			this.owner = owner;
		}

		BigDecimal getBalance() {
			return this.balance;
		}

		List<String> getTags() {
			return this.tags;
		}

	}

}
