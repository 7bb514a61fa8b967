package dev.scaling.sample.users;

/**
 * A customer on a shard.
 */
record User(long id, String username, String email) {

}
