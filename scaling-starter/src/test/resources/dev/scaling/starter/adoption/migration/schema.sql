CREATE TABLE IF NOT EXISTS adoption_by_script (id integer PRIMARY KEY);
