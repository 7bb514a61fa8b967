package dev.scaling.starter.adoption.minutes;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The books.
 */
interface BookRepository extends JpaRepository<Book, Long> {

}
