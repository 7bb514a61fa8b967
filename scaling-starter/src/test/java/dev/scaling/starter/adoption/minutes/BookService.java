package dev.scaling.starter.adoption.minutes;

import java.util.List;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

// tag::service[]
@Service
@Transactional
class BookService {

	private final BookRepository books;

	BookService(BookRepository books) {
		this.books = books;
	}

	@Transactional(readOnly = true) // new
	List<Book> findAll() {
		return this.books.findAll();
	}

	Book add(String title) {
		return this.books.save(new Book(title));
	}

}
// end::service[]
