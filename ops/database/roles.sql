-- Everything that a database administrator does for a fleet, once, as a superuser:
--
--     psql --set=owner=evalctl_admin --set=database=evalctl --file=roles.sql postgres
--
-- makes the database and the account that owns it. With it `evalctl migrate` needs no superuser and no CREATEROLE: the four roles, which
-- the schema's grants go to, are there before. Accounts for people and daemons are made below it, one line each; they log in as PostgreSQL's
-- pg_hba.conf says (a password in ~/.pgpass or a credential, or a client certificate), so no password stands here.
--
-- It may be run again, and changes nothing then. Privileges on tables are the migrations' own, see docs/sql.md.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

-- Roles belong to the whole server; nobody logs in as one of them.
SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['evalctl_owner', 'evalctl_worker', 'evalctl_coordinator', 'evalctl_reader']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

SELECT format('CREATE ROLE %I LOGIN', :'owner') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT format('CREATE DATABASE %I OWNER %I ENCODING %L TEMPLATE template0', :'database', :'owner', 'UTF8')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

-- Its owner migrates it, and does all that `evalctl` does. Others who submit runs: GRANT evalctl_owner TO somebody.
SELECT format('GRANT evalctl_owner TO %I', :'owner') \gexec

-- One account for the workers and one for the coordinators; give each machine its own where you want to revoke them one by one.
SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['evalctl_worker_login', 'evalctl_coordinator_login']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
GRANT evalctl_worker TO evalctl_worker_login;
GRANT evalctl_coordinator TO evalctl_coordinator_login;

-- The rest of the server is none of their business.
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', :'database') \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO evalctl_owner, evalctl_worker, evalctl_coordinator, evalctl_reader', :'database') \gexec
