package dev.scaling.starter.consistency;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * An application that writes a {@link Ledger} in all ways that Spring has, under a JPA
 * transaction manager.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ Ledger.class, LedgerService.class })
class LedgerApplication {

}
