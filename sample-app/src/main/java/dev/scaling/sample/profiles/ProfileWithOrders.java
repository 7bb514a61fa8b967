package dev.scaling.sample.profiles;

import java.util.List;

/**
 * A customer with all orders.
 */
record ProfileWithOrders(long id, String username, List<Order> orders) {

}
