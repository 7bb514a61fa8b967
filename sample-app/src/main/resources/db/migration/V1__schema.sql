CREATE TABLE users (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username   varchar(50) NOT NULL UNIQUE,
    email      varchar(254) NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users,
    total      numeric(12, 2) NOT NULL CHECK (total > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_user_id ON orders (user_id);

CREATE TABLE accounts (
    user_id bigint PRIMARY KEY REFERENCES users,
    balance numeric(12, 2) NOT NULL CHECK (balance >= 0)
);
