-- Takes back what 0026_taken_back.up.sql made.
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind = 'erasure_left';
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated',
    'data_request', 'data_request_due', 'data_request_overdue'));

ALTER TABLE telegram_posts NO FORCE ROW LEVEL SECURITY;
DELETE FROM telegram_posts WHERE kind = 'take_back';
ALTER TABLE telegram_posts FORCE ROW LEVEL SECURITY;
ALTER TABLE telegram_posts DROP CONSTRAINT telegram_posts_kind_check;
ALTER TABLE telegram_posts ADD CONSTRAINT telegram_posts_kind_check CHECK (kind IN ('card', 'relay', 'tick', 'notice', 'reply'));
