-- Runs of scheduled jobs: one for each moment, in each time zone; who works on it, how far it has come.

UPDATE job_runs SET outcome = 'done', started_at = due_at WHERE ended_at IS NOT NULL;
ALTER TABLE job_runs ADD FOREIGN KEY (only_tenant) REFERENCES tenants (id),
                     ADD CHECK ((ended_at IS NULL) = (outcome IS NULL)),
                     ADD CHECK (outcome IN ('done', 'failed', 'passed_over'));
CREATE UNIQUE INDEX job_runs_once        ON job_runs (job, zone, due_at) WHERE only_tenant IS NULL;
CREATE UNIQUE INDEX job_runs_tenant_once ON job_runs (only_tenant, job, zone, due_at) WHERE only_tenant IS NOT NULL;
CREATE INDEX job_runs_open               ON job_runs (due_at) WHERE ended_at IS NULL;
CREATE INDEX tenants_zone                ON tenants (timezone, id);

-- Who moves to another time zone may have missed what was due there: until then it had its moments elsewhere.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
UPDATE tenants SET timezone_since = created_at;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE FUNCTION moved_zone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.timezone_since := now();
    RETURN NEW;
END $$;
COMMENT ON FUNCTION moved_zone IS 'Since when a tenant has lived by the clocks of its zone, whoever changed it.';
CREATE TRIGGER lives_there_since BEFORE UPDATE OF timezone ON tenants FOR EACH ROW
WHEN (OLD.timezone <> NEW.timezone) EXECUTE FUNCTION moved_zone();

ALTER TABLE job_marks DROP CONSTRAINT job_marks_pkey;
ALTER TABLE job_marks ADD PRIMARY KEY (tenant_id, id), ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
CREATE UNIQUE INDEX job_marks_job ON job_marks (tenant_id, job);

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    ALTER TABLE job_marks ENABLE ROW LEVEL SECURITY;
    ALTER TABLE job_marks FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON job_marks TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON job_marks TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT ON known_jobs TO %I', platform);
    EXECUTE format('GRANT DELETE ON job_runs TO %I', platform);
END $$;
