-- An identity column would give each number once on every shard.
CREATE TABLE orders (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant     varchar(50) NOT NULL,
    total      numeric(12, 2) NOT NULL CHECK (total > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_tenant ON orders (tenant);

CREATE INDEX orders_total ON orders (total DESC, id);
