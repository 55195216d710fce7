-- Requests that may be repeated, quick replies, the version of a tenant's settings, and leads whose stage is removed: keys,
-- grants, row-level security.

ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey;
ALTER TABLE idempotency_keys ADD PRIMARY KEY (tenant_id, id),
                             ADD FOREIGN KEY (tenant_id, member_id) REFERENCES members (tenant_id, id);
CREATE INDEX idempotency_keys_age ON idempotency_keys (tenant_id, created_at);

ALTER TABLE quick_replies DROP CONSTRAINT quick_replies_pkey;
ALTER TABLE quick_replies ADD PRIMARY KEY (tenant_id, id),
                          ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id);
CREATE UNIQUE INDEX quick_replies_shortcut ON quick_replies (tenant_id, lower(shortcut));

CREATE FUNCTION count_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.settings_version := OLD.settings_version + 1;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION count_settings IS 'Whoever changes what a tenant has set, by whichever way: who saw it before is told so.';
CREATE TRIGGER settings_are_counted BEFORE UPDATE OF name, timezone, locale, debounce_seconds, settings ON tenants FOR EACH ROW
WHEN ((OLD.name, OLD.timezone, OLD.locale, OLD.debounce_seconds, OLD.settings)
      IS DISTINCT FROM (NEW.name, NEW.timezone, NEW.locale, NEW.debounce_seconds, NEW.settings))
EXECUTE FUNCTION count_settings();

CREATE FUNCTION keep_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM stages s WHERE s.tenant_id = NEW.tenant_id AND s.key = NEW.stage_key) THEN
        NEW.stage_key := OLD.stage_key;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION keep_stage IS 'A turn may have begun before the stage was removed that it moves its lead to: the lead stays where he is.';
CREATE TRIGGER stays_in_the_pipeline BEFORE UPDATE OF stage_key ON leads FOR EACH ROW
WHEN (OLD.stage_key IS DISTINCT FROM NEW.stage_key) EXECUTE FUNCTION keep_stage();

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['idempotency_keys', 'quick_replies'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_tenant ON %I TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                       ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', t, app);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I', t, app);
    END LOOP;
END $$;
