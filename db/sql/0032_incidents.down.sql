-- Takes back what 0032_incidents.up.sql made.
DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('REVOKE SELECT (tenant_id, layer, created_at, false_positive) ON security_incidents FROM %I', platform);
    DROP POLICY of_platform ON security_incidents;
END $$;

-- What was to be told, and has no words any more.
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind IN ('incidents_many', 'replies_blocked');
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated', 'data_request', 'data_request_due', 'data_request_overdue', 'erasure_left', 'woken',
    'budget_near', 'wish_heard'));

DROP INDEX notifications_alarms;
DROP INDEX security_incidents_lately;
