-- Sessions of the Mini App: keys, grants and row-level security.

ALTER TABLE app_sessions DROP CONSTRAINT app_sessions_pkey;
ALTER TABLE app_sessions ADD PRIMARY KEY (tenant_id, id),
                         ADD FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id),
                         ADD CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
                         ADD CHECK (end_reason IN ('signed_out', 'ended', 'reused', 'switched'));
CREATE INDEX app_sessions_member ON app_sessions (tenant_id, member_id, renewed_at);
CREATE INDEX app_sessions_age    ON app_sessions (renewed_at);
-- A launch opens one session, in whichever tenant the person chose: this key cannot begin with the tenant.
CREATE UNIQUE INDEX app_sessions_launch ON app_sessions (launch);

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
BEGIN
    ALTER TABLE app_sessions ENABLE ROW LEVEL SECURITY;
    ALTER TABLE app_sessions FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON app_sessions TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON app_sessions TO %I', app);
END $$;
