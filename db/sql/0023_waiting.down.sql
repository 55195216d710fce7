-- Takes back what 0023_waiting.up.sql made.
-- What was to be told, and has no words any more.
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind IN ('waiting_reminder', 'waiting_escalated');
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed'));

DROP TRIGGER watched_while_waiting ON conversations;
DROP FUNCTION watch_waiting();
DROP INDEX conversations_waiting;
CREATE INDEX conversations_waiting ON conversations (waiting_until) WHERE waiting_until IS NOT NULL;

DO $$
DECLARE
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    EXECUTE format('REVOKE SELECT (waiting_due_at) ON conversations FROM %I', platform);
END $$;
