/// Postgres
