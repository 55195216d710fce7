-- A business that is deleted: from when on its rows may go, and who takes those that nobody may otherwise take.

CREATE FUNCTION deletion_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.deletion_due_at IS NULL OR OLD.deletion_due_at > now() THEN
        RAISE EXCEPTION 'the deletion of this tenant is not due';
    END IF;
    RETURN OLD;
END $$;
COMMENT ON FUNCTION deletion_is_due IS 'Whoever deletes a tenant: its time has to be over first.';
CREATE TRIGGER only_when_its_time_is_over BEFORE DELETE ON tenants FOR EACH ROW EXECUTE FUNCTION deletion_is_due();

CREATE FUNCTION take_rows(p_table regclass, p_tenant uuid, p_limit int, p_newest boolean) RETURNS int LANGUAGE plpgsql AS $$
DECLARE v_gone int;
BEGIN
    EXECUTE format('DELETE FROM %1$s t WHERE t.tenant_id = $1%2$s', p_table, CASE WHEN p_limit IS NOT NULL THEN
            format(' AND t.ctid = ANY (ARRAY(SELECT o.ctid FROM %s o WHERE o.tenant_id = $1%s LIMIT $2))',
                   p_table, CASE WHEN p_newest THEN ' ORDER BY o.id DESC' ELSE '' END) ELSE '' END)
    USING p_tenant, p_limit;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;
COMMENT ON FUNCTION take_rows IS 'So many rows of a tenant''s go from a table, the newest first where older ones are pointed at.';

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['audit_log', 'erasures'] LOOP
        EXECUTE format('CREATE POLICY of_the_deleted ON %I TO %I USING (EXISTS (SELECT 1 FROM tenants g'
                       ' WHERE g.id = tenant_id AND g.deletion_due_at <= now()))', t, platform);
        EXECUTE format('GRANT SELECT (id, tenant_id), DELETE ON %I TO %I', t, platform);
    END LOOP;
    EXECUTE format('GRANT DELETE ON tenants, credential_sets TO %I', platform);
END $$;
