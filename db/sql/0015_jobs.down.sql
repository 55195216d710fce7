-- Takes back what 0015_jobs.up.sql made, as far as the tables and the columns do not take it along.
DROP TRIGGER lives_there_since ON tenants;
DROP FUNCTION moved_zone;
DROP INDEX tenants_zone;
DROP INDEX job_runs_open;
DROP INDEX job_runs_tenant_once;
DROP INDEX job_runs_once;
ALTER TABLE job_runs DROP CONSTRAINT job_runs_only_tenant_fkey;
ALTER TABLE job_runs DROP CONSTRAINT job_runs_check;
ALTER TABLE job_runs DROP CONSTRAINT job_runs_outcome_check;
DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('REVOKE DELETE ON job_runs FROM %I', platform);
END $$;
ALTER TABLE job_marks DROP CONSTRAINT job_marks_pkey;
ALTER TABLE job_marks ADD PRIMARY KEY (id);
