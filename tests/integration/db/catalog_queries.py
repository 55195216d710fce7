"""Questions to PostgreSQL's own catalog."""

TABLES = """
SELECT c.relname AS name, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
       COALESCE((SELECT a.attnotnull FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'), false) AS has_tenant
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""

POLICIES = """
SELECT tablename AS table, policyname AS name, roles::text[] AS roles, cmd, permissive, qual, with_check
FROM pg_policies WHERE schemaname = 'public'
"""

UNIQUE_KEYS = """
SELECT c.relname AS table, i.relname AS name, a.attname AS first
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
WHERE x.indisunique AND c.relnamespace = 'public'::regnamespace
"""

FOREIGN_KEYS = """
SELECT con.conname AS name, con.conrelid::regclass::text AS child, con.confrelid::regclass::text AS parent,
       ARRAY(SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.n ORDER BY k.o) AS child_columns,
       ARRAY(SELECT a.attname::text FROM unnest(con.confkey) WITH ORDINALITY k(n, o)
             JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.n ORDER BY k.o) AS parent_columns
FROM pg_constraint con WHERE con.contype = 'f'
"""

IDS = """
SELECT c.relname || '.' || a.attname AS name
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'uuid'::regtype
  AND a.attname NOT IN ('id', 'tenant_id') AND NOT a.attisdropped
  AND EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id')
"""

VIEWS = """
SELECT c.relname AS name, COALESCE(c.reloptions::text[], '{}') AS options
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
"""

FUNCTIONS = """
SELECT p.proname AS name, p.prosecdef AS definer, COALESCE(p.proconfig, '{}') AS config, p.proowner::regrole::text AS owner
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""

ROLE = """
SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit,
       ARRAY(SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = r.oid) AS member_of
FROM pg_roles r WHERE rolname = $1
"""

OWNED = """
SELECT c.relname FROM pg_class c WHERE c.relowner = $1::regrole
UNION ALL SELECT p.proname FROM pg_proc p WHERE p.proowner = $1::regrole
UNION ALL SELECT n.nspname FROM pg_namespace n WHERE n.nspowner = $1::regrole
"""

TABLE_PRIVILEGES = """
SELECT c.relname AS table, p.privilege
FROM pg_class c CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p(privilege)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND has_table_privilege($1, c.oid, p.privilege)
"""

READABLE_COLUMNS = """
SELECT c.relname AS table, a.attname AS column, a.atttypid::regtype::text AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')
"""
