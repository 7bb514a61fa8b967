package dev.scaling.starter.sharding.documentation;

record User(long id, String username) {

}
