-- Takes back what 0019_plans.up.sql made.
DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('REVOKE SELECT (id, tenant_id, month, leads, told_percent, plan),'
                   ' UPDATE (plan, plan_leads, price_cents, excess_cents, currency, told_percent) ON usage_months FROM %I', platform);
    DROP POLICY of_platform ON usage_months;
    EXECUTE format('REVOKE ALL ON plans FROM %I, %I', app, platform);
END $$;

-- What was to be told, and has no words any more.
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind IN ('plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed');
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit'));

DROP TRIGGER months_keep_their_terms ON plans;
DROP TRIGGER months_keep_their_plan ON tenants;
DROP FUNCTION terms_change, limit_changes, close_usage_months;
DROP INDEX usage_months_open;
ALTER TABLE usage_months DROP CONSTRAINT usage_months_told_percent_check, DROP CONSTRAINT usage_months_check;
ALTER TABLE tenants DROP CONSTRAINT tenants_plan_fkey;
