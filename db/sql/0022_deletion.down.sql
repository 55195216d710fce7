-- Takes back what 0022_deletion.up.sql made, as far as the column does not take it along.
DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
    t text;
BEGIN
    EXECUTE format('REVOKE DELETE ON tenants, credential_sets FROM %I', platform);
    FOREACH t IN ARRAY ARRAY['audit_log', 'erasures'] LOOP
        EXECUTE format('REVOKE SELECT (id, tenant_id), DELETE ON %I FROM %I', t, platform);
        EXECUTE format('DROP POLICY of_the_deleted ON %I', t);
    END LOOP;
END $$;
DROP FUNCTION take_rows;
DROP TRIGGER only_when_its_time_is_over ON tenants;
DROP FUNCTION deletion_is_due;
