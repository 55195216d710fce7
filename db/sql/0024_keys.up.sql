-- A data key for each tenant, itself sealed under the installation's: what is sealed under it is gone with it.

ALTER TABLE tenant_keys DROP CONSTRAINT tenant_keys_pkey;
ALTER TABLE tenant_keys ADD PRIMARY KEY (tenant_id, id), ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
CREATE UNIQUE INDEX tenant_keys_one ON tenant_keys (tenant_id);

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
BEGIN
    ALTER TABLE tenant_keys ENABLE ROW LEVEL SECURITY;
    ALTER TABLE tenant_keys FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON tenant_keys TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_keys TO %I', app);
END $$;
