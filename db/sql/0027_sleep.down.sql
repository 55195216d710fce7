-- Takes back what 0027_sleep.up.sql made. What sleeps wakes first, so that its clocks run.
ALTER TABLE conversations NO FORCE ROW LEVEL SECURITY;
UPDATE conversations SET asleep_until = NULL WHERE asleep_until IS NOT NULL;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
-- What was to be told, and has no words any more.
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind = 'woken';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated', 'data_request', 'data_request_due', 'data_request_overdue', 'erasure_left'));

DROP TRIGGER sleep_shown_to_the_team ON conversations;
DROP TRIGGER watched_with_sleep ON conversations;
DROP FUNCTION watch_sleep();
DROP INDEX conversations_asleep;

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('REVOKE SELECT (asleep_until) ON conversations FROM %I', platform);
END $$;
