package dev.scaling.starter.adoption.minutes;

import java.util.List;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The books over HTTP.
 */
@RestController
@RequestMapping("/books")
class BookController {

	private final BookService books;

	BookController(BookService books) {
		this.books = books;
	}

	@GetMapping
	List<String> list() {
		return this.books.findAll().stream().map(Book::getTitle).toList();
	}

	@PostMapping
	String add(@RequestBody NewBook book) {
		return this.books.add(book.title()).getTitle();
	}

	/**
	 * A book that is not there yet.
	 */
	record NewBook(String title) {

	}

}
