-- Takes back what 0031_hearing.up.sql made; its columns go with the migration.
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind = 'wish_heard';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated', 'data_request', 'data_request_due', 'data_request_overdue', 'erasure_left', 'woken',
    'budget_near'));

DROP TRIGGER listened_to ON conversations;
DROP TRIGGER listened_to_from_the_start ON conversations;
DROP FUNCTION listen();
DROP INDEX conversations_unheard;
