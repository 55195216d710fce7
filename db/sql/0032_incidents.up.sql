-- What was caught alerts: who looks whether it was much of late sees whose, when and by which layer, and no more.

CREATE INDEX security_incidents_lately ON security_incidents (created_at) WHERE NOT false_positive;
CREATE INDEX notifications_alarms      ON notifications (tenant_id, created_at) WHERE kind = 'incidents_many';

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated', 'data_request', 'data_request_due', 'data_request_overdue', 'erasure_left', 'woken',
    'budget_near', 'wish_heard', 'incidents_many', 'replies_blocked'));

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('CREATE POLICY of_platform ON security_incidents FOR SELECT TO %I USING (true)', platform);
    EXECUTE format('GRANT SELECT (tenant_id, layer, created_at, false_positive) ON security_incidents TO %I', platform);
END $$;
