-- Takes back what 0002_tenancy.up.sql made; the tables themselves stay.
DROP FUNCTION search_knowledge(text, int);
ALTER TABLE knowledge_entries DROP COLUMN search;
DROP TEXT SEARCH CONFIGURATION pt_unaccent;
DROP EXTENSION unaccent;

ALTER TABLE raw_events  REPLICA IDENTITY DEFAULT;
ALTER TABLE lead_months REPLICA IDENTITY DEFAULT;

DO $$
DECLARE r record;
BEGIN
    FOR r IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', r.policyname, r.tablename);
    END LOOP;
    FOR r IN
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', r.relname);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', r.relname);
    END LOOP;
    FOR r IN
        SELECT con.conname, c.relname FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND con.contype IN ('f', 'c')
    LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', r.relname, r.conname);
    END LOOP;
    FOR r IN
        SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
        WHERE n.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint con WHERE con.conindid = x.indexrelid)
    LOOP
        EXECUTE format('DROP INDEX %I', r.relname);
    END LOOP;
    FOR r IN
        SELECT c.table_name AS relname FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id'
    LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT IF EXISTS %I', r.relname, r.relname || '_pkey');
        EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', r.relname);
    END LOOP;
    FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE current_setting('reveza.role_prefix') || '\_%' LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', r.rolname);
        EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I', r.rolname);
    END LOOP;
END $$;
DROP TABLE leader_leases;
