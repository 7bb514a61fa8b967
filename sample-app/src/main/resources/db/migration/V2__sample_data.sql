INSERT INTO users (username, email, created_at, updated_at)
SELECT 'user' || n, 'user' || n || '@example.com', at, at
FROM generate_series(1, 200) AS n, LATERAL (SELECT timestamptz '2026-01-01 00:00Z' + n * interval '1 hour') AS t (at)
ORDER BY n;

INSERT INTO orders (user_id, total, created_at)
SELECT u.id, 10 * n + u.id % 100 / 100.0, u.created_at + n * interval '1 day'
FROM users AS u, generate_series(1, 5) AS n
ORDER BY n, u.id;

INSERT INTO accounts (user_id, balance)
SELECT id, 1000
FROM users;
