-- The audit log as a chain: each entry bears its number among its tenant's, and a hash over itself and the entry before.

CREATE FUNCTION audit_hash(p_before bytea, a audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(p_before || convert_to(jsonb_build_array(a.number, a.id, a.tenant_id, (extract(epoch FROM a.created_at) * 1000000)::bigint,
                                                           a.actor, a.action, a.subject, a.details)::text, 'UTF8'))
$$;
COMMENT ON FUNCTION audit_hash IS 'What an entry bears that follows one with this hash.';

CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_number bigint; v_before bytea;
BEGIN
    -- One writer a tenant until its transaction ends: the next one's number follows. Nothing that a lead waits for writes here.
    PERFORM pg_advisory_xact_lock(1635083369, hashtext(NEW.tenant_id::text));
    SELECT a.number, a.hash INTO v_number, v_before FROM audit_log a WHERE a.tenant_id = NEW.tenant_id ORDER BY a.number DESC LIMIT 1;
    NEW.number := COALESCE(v_number, 0) + 1;
    NEW.hash := audit_hash(COALESCE(v_before, ''), NEW);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION chain_audit IS 'Whatever number and hash somebody gives an entry, it gets those that follow.';

-- What was written before is chained in the order in which it was.
ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE a audit_log; v_tenant uuid; v_number bigint; v_before bytea;
BEGIN
    FOR a IN SELECT * FROM audit_log ORDER BY tenant_id, created_at, id LOOP
        IF v_tenant IS DISTINCT FROM a.tenant_id THEN
            v_tenant := a.tenant_id; v_number := 0; v_before := '';
        END IF;
        v_number := v_number + 1;
        a.number := v_number;
        v_before := audit_hash(v_before, a);
        UPDATE audit_log x SET number = v_number, hash = v_before WHERE x.tenant_id = a.tenant_id AND x.id = a.id;
    END LOOP;
END $$;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;

CREATE UNIQUE INDEX audit_log_number ON audit_log (tenant_id, number);
CREATE TRIGGER chained BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION chain_audit();
