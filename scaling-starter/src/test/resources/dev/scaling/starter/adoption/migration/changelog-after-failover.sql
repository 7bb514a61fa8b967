--liquibase formatted sql

--changeset scaling:1
CREATE TABLE adoption_failover_by_liquibase (id integer PRIMARY KEY);
