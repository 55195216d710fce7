-- What admins know of the AI's budget: told once for each threshold of a month, and anew once a raised budget is used up too.

ALTER TABLE usage_months ADD CHECK (budget_percent IN (0, 80, 100));

CREATE FUNCTION budget_micros(p_settings jsonb, p_default float8) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT ceil(LEAST(CASE WHEN jsonb_typeof(p_settings -> 'monthly_budget_usd') = 'number' THEN (p_settings ->> 'monthly_budget_usd')::numeric
                           ELSE p_default::numeric END, 1000000) * 1000000)::bigint
$$;
COMMENT ON FUNCTION budget_micros IS 'What a tenant lets the AI cost in a month, in millionths of a US dollar. What is stored and is no number counts as not set.';

CREATE FUNCTION budget_crossed(p_cost bigint, p_budget bigint, p_near int, p_told int, p_told_of bigint) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
    SELECT max(x.percent) FROM (VALUES (p_near), (100)) x(percent)
    WHERE p_cost * 100::numeric >= p_budget * x.percent::numeric
      AND x.percent > CASE WHEN p_told_of >= p_budget THEN p_told ELSE 0 END
$$;
COMMENT ON FUNCTION budget_crossed IS 'How much of its budget a month has used up that nobody was told of, in percent; null: nothing new. What was told of a smaller budget says nothing of a larger one.';

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated', 'data_request', 'data_request_due', 'data_request_overdue', 'erasure_left', 'woken',
    'budget_near'));

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('GRANT SELECT (ai_cost_micros, budget_percent, budget_micros) ON usage_months TO %I', platform);
END $$;
