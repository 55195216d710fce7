-- What tenants pay for: the operators' plans, which months were counted under which, and what the admins are told of.

ALTER TABLE plans ADD CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,23}$'), ADD CHECK (leads > 0), ADD CHECK (attendants > 0),
                  ADD CHECK (price_cents >= 0), ADD CHECK (excess_cents >= 0), ADD CHECK (currency ~ '^[A-Z]{3}$');
INSERT INTO plans (id, key, name, leads, attendants) VALUES
    (uuid_v7(), 'starter', 'Starter', 300, 1), (uuid_v7(), 'pro', 'Pro', 1000, 3), (uuid_v7(), 'scale', 'Scale', 3000, 10);

-- A plan that nobody knew set no limit; it goes on so until an operator says otherwise.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
UPDATE tenants SET plan = left(regexp_replace('x' || lower(plan), '[^a-z0-9-]', '-', 'g'), 24)
WHERE plan !~ '^[a-z0-9][a-z0-9-]{0,23}$';
INSERT INTO plans (id, key, name, leads, attendants, archived)
SELECT uuid_v7(), t.plan, t.plan, 1000000, 10000, true FROM tenants t
WHERE NOT EXISTS (SELECT 1 FROM plans p WHERE p.key = t.plan) GROUP BY t.plan;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants ADD FOREIGN KEY (plan) REFERENCES plans (key);

ALTER TABLE usage_months ADD CHECK (told_percent IN (0, 80, 100)),
    ADD CHECK ((plan IS NULL) = (plan_leads IS NULL) AND (plan IS NULL) = (price_cents IS NULL)
               AND (plan IS NULL) = (excess_cents IS NULL) AND (plan IS NULL) = (currency IS NULL));
CREATE INDEX usage_months_open ON usage_months (month) WHERE plan IS NULL;

CREATE FUNCTION close_usage_months(p_tenant uuid) RETURNS bigint LANGUAGE sql AS $$
    WITH closed AS (
        UPDATE usage_months u
        SET plan = p.key, plan_leads = p.leads, price_cents = p.price_cents, excess_cents = p.excess_cents, currency = p.currency
        FROM tenants t JOIN plans p ON p.key = t.plan
        WHERE t.id = p_tenant AND u.tenant_id = t.id AND u.plan IS NULL
          AND u.month < date_trunc('month', now() AT TIME ZONE t.timezone)::date
        RETURNING 1)
    SELECT count(*) FROM closed
$$;
COMMENT ON FUNCTION close_usage_months IS 'A tenant''s months that are over keep the plan and the prices they were counted under. One without them counts under the tenant''s plan as it is now.';

CREATE FUNCTION limit_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM close_usage_months(OLD.id);
    UPDATE usage_months u SET told_percent = 0
    WHERE u.tenant_id = OLD.id AND u.told_percent > 0 AND u.month = date_trunc('month', now() AT TIME ZONE OLD.timezone)::date;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION limit_changes IS 'Whoever puts a tenant on another plan, by whichever way: what is over stays as it was, and of the new limit nobody was told yet.';
CREATE TRIGGER months_keep_their_plan BEFORE UPDATE OF plan ON tenants FOR EACH ROW
WHEN (OLD.plan <> NEW.plan) EXECUTE FUNCTION limit_changes();

CREATE FUNCTION terms_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM close_usage_months(t.id) FROM tenants t WHERE t.plan = OLD.key;
    IF NEW.leads <> OLD.leads THEN
        UPDATE usage_months u SET told_percent = 0 FROM tenants t
        WHERE t.plan = OLD.key AND u.tenant_id = t.id AND u.told_percent > 0
          AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION terms_change IS 'The same, for all tenants of a plan that itself becomes another.';
CREATE TRIGGER months_keep_their_terms BEFORE UPDATE ON plans FOR EACH ROW
WHEN ((OLD.leads, OLD.price_cents, OLD.excess_cents, OLD.currency) IS DISTINCT FROM (NEW.leads, NEW.price_cents, NEW.excess_cents, NEW.currency))
EXECUTE FUNCTION terms_change();

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed'));

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('GRANT SELECT ON plans TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON plans TO %I', platform);
    EXECUTE format('CREATE POLICY of_platform ON usage_months TO %I USING (true)', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, month, leads, told_percent, plan),'
                   ' UPDATE (plan, plan_leads, price_cents, excess_cents, currency, told_percent) ON usage_months TO %I', platform);
END $$;
