-- Run once, by the superuser, when PostgreSQL's volume is empty.
-- The owner of the database may make Reveza's roles, and is no superuser: row-level security holds for it too.
-- It may make databases, for a backup is restored into one that then takes the other's place.
\getenv password POSTGRES_PASSWORD
CREATE ROLE reveza LOGIN CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE reveza OWNER reveza;
-- The image gives the superuser the same password. It needs none: it is let in from inside the container alone
-- (docker compose exec postgres psql -U postgres), and a role without a password cannot come over the network.
ALTER ROLE CURRENT_USER PASSWORD NULL;
