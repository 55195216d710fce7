-- The log of deeds gets shorter at its old end, by whoever takes it from there and by nobody else; what the rest follows is kept.

ALTER TABLE audit_anchors DROP CONSTRAINT audit_anchors_pkey;
ALTER TABLE audit_anchors ADD PRIMARY KEY (tenant_id, id), ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
CREATE UNIQUE INDEX audit_anchors_number ON audit_anchors (tenant_id, number);

CREATE FUNCTION anchor_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE g record; v_before bigint;
BEGIN
    FOR g IN SELECT o.tenant_id, min(o.number) AS oldest, max(o.number) AS newest, count(*) AS entries FROM gone o GROUP BY o.tenant_id LOOP
        -- Of whom all goes nothing remains to be anchored.
        CONTINUE WHEN EXISTS (SELECT 1 FROM tenants t WHERE t.id = g.tenant_id AND t.deletion_due_at <= now());
        SELECT COALESCE(max(a.number), 0) INTO v_before FROM audit_anchors a WHERE a.tenant_id = g.tenant_id;
        IF g.oldest <> v_before + 1 OR g.entries <> g.newest - g.oldest + 1 THEN
            RAISE EXCEPTION 'the log of deeds gets shorter at its old end alone';
        END IF;
        INSERT INTO audit_anchors (id, tenant_id, number, hash)
        SELECT uuid_v7(), o.tenant_id, o.number, o.hash FROM gone o WHERE o.tenant_id = g.tenant_id AND o.number = g.newest;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION anchor_audit IS 'Whoever takes entries takes the oldest, and the last of them leaves its number and hash: the next one follows it.';
CREATE TRIGGER anchored AFTER DELETE ON audit_log REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION anchor_audit();

-- Planned at each entry: a plan that was made while there were few would go through all of them from then on.
CREATE OR REPLACE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE v_number bigint; v_before bytea;
BEGIN
    -- One writer a tenant until its transaction ends: the next one's number follows. Nothing that a lead waits for writes here.
    PERFORM pg_advisory_xact_lock(1635083369, hashtext(NEW.tenant_id::text));
    SELECT a.number, a.hash INTO v_number, v_before FROM audit_log a WHERE a.tenant_id = NEW.tenant_id ORDER BY a.number DESC LIMIT 1;
    IF v_number IS NULL THEN
        SELECT a.number, a.hash INTO v_number, v_before FROM audit_anchors a WHERE a.tenant_id = NEW.tenant_id ORDER BY a.number DESC LIMIT 1;
    END IF;
    NEW.number := COALESCE(v_number, 0) + 1;
    NEW.hash := audit_hash(COALESCE(v_before, ''), NEW);
    RETURN NEW;
END $$;

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    ALTER TABLE audit_anchors ENABLE ROW LEVEL SECURITY;
    ALTER TABLE audit_anchors FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON audit_anchors TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT ON audit_anchors TO %I', app);
    EXECUTE format('CREATE POLICY of_platform ON audit_anchors FOR SELECT TO %I USING (true)', platform);
    EXECUTE format('CREATE POLICY of_the_expired ON audit_anchors FOR INSERT TO %I WITH CHECK (pg_trigger_depth() > 0)', platform);
    EXECUTE format('CREATE POLICY of_the_deleted ON audit_anchors FOR DELETE TO %I USING (EXISTS (SELECT 1 FROM tenants g'
                   ' WHERE g.id = tenant_id AND g.deletion_due_at <= now()))', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, number), INSERT, DELETE ON audit_anchors TO %I', platform);

    EXECUTE format('CREATE POLICY of_platform ON audit_log FOR SELECT TO %I USING (true)', platform);
    EXECUTE format('CREATE POLICY of_the_expired ON audit_log FOR DELETE TO %I USING (created_at < now() - interval ''1825 days'')', platform);
    EXECUTE format('GRANT SELECT (number, created_at) ON audit_log TO %I', platform);
END $$;
