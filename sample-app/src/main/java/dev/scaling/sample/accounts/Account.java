package dev.scaling.sample.accounts;

import java.math.BigDecimal;

/**
 * What a customer owns.
 */
record Account(long userId, BigDecimal balance) {

}
