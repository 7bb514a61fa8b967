package dev.scaling.starter.adoption.slice;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Notes by JPA.
 */
interface NoteRepository extends JpaRepository<Note, Long> {

}
