-- A constraint sees one shard: unique usernames would need a keyspace whose key they are.
CREATE TABLE users (
    id         bigint PRIMARY KEY,
    username   varchar(50) NOT NULL,
    email      varchar(254) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
