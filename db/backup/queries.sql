-- What the backup's own role and the owner ask, of the catalog and of no tenant. Placeholders are PostgreSQL's own.

-- name: tables_to_back_up
-- Every table and its columns, but for what the database computes, what belongs to an extension, and the list of migrations,
-- which migrating writes anew.
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'tortoise_migrations'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
GROUP BY c.relname ORDER BY c.relname;

-- name: applied_migrations
-- What the schema is made of.
SELECT name::text FROM tortoise_migrations WHERE app = 'reveza' ORDER BY name;

-- name: backup_moment
-- As of when the rows are, and whose they are.
SELECT date_trunc('milliseconds', now()) AS at, pg_current_snapshot()::text AS snapshot, current_setting('server_version') AS version;

-- name: sequence_values
-- How far each sequence that was used has come.
SELECT s.sequencename::text AS name, s.last_value AS value FROM pg_sequences s
WHERE s.schemaname = 'public' AND s.last_value IS NOT NULL ORDER BY s.sequencename;

-- name: let_backup_read
-- What makes every row readable for the role $1, and nothing else: no table that a migration made is forgotten.
SELECT format('GRANT SELECT ON %I TO %I', c.relname, $1::text) AS statement
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S') AND pg_has_role(c.relowner, 'USAGE')
  AND NOT has_table_privilege($1::text, c.oid, 'SELECT')
UNION ALL
SELECT format('CREATE POLICY of_backup ON %I FOR SELECT TO %I USING (true)', c.relname, $1::text)
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity
  AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'of_backup');

-- name: statements_before_a_load
-- What keeps rows from being loaded as they were: triggers, keys to rows that are not there yet, and row-level security, to
-- which its owner is subject too.
SELECT s.statement FROM pg_class c CROSS JOIN LATERAL (
    SELECT 1 AS place, format('ALTER TABLE %I DISABLE TRIGGER USER', c.relname) AS statement
    UNION ALL SELECT 2, format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', c.relname) WHERE c.relforcerowsecurity
    UNION ALL SELECT 3, format('ALTER TABLE %I DROP CONSTRAINT %I', c.relname, k.conname)
        FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f') s
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE')
ORDER BY s.place, s.statement;

-- name: statements_behind_a_load
-- What puts all of that back, as it is now; the keys first, for they look at all rows.
SELECT s.statement FROM pg_class c CROSS JOIN LATERAL (
    SELECT 1 AS place, format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) AS statement
        FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
    UNION ALL SELECT 2, format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', c.relname) WHERE c.relforcerowsecurity
    UNION ALL SELECT 3, format('ALTER TABLE %I ENABLE TRIGGER USER', c.relname)) s
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE')
ORDER BY s.place, s.statement;

-- name: connected_to_database
-- Who has the database $1 open besides us; the server's own workers have no name.
SELECT usename::text AS name, count(*)::int AS connections FROM pg_stat_activity
WHERE datname = $1 AND pid <> pg_backend_pid() AND usename IS NOT NULL GROUP BY usename ORDER BY usename;

-- name: database_like
-- How a database is made that sorts and folds as the database $1 does.
SELECT format('TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
    || CASE d.datlocprovider
           WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', to_jsonb(d) ->> 'datlocale')
           WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', COALESCE(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
           ELSE ' LOCALE_PROVIDER libc' END AS options
FROM pg_database d WHERE d.datname = $1;
