-- The id only orders the events of a day, which are on one shard.
CREATE TABLE events (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    date date NOT NULL,
    text varchar(1000) NOT NULL
);

CREATE INDEX events_date ON events (date, id);
