-- Who was forgotten: keys, grants, row-level security. No foreign key leads to the lead: he is gone.

ALTER TABLE erasures DROP CONSTRAINT erasures_pkey;
ALTER TABLE erasures ADD PRIMARY KEY (tenant_id, id), ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
BEGIN
    ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
    ALTER TABLE erasures FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON erasures TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT ON erasures TO %I', app);
END $$;
