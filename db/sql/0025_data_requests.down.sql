-- Takes back what 0025_data_requests.up.sql made, as far as the table does not take it along.
ALTER TABLE notifications NO FORCE ROW LEVEL SECURITY;
DELETE FROM notifications WHERE kind IN ('data_request', 'data_request_due', 'data_request_overdue');
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated'));
ALTER TABLE data_requests DROP CONSTRAINT data_requests_pkey CASCADE;
ALTER TABLE data_requests ADD PRIMARY KEY (id);
