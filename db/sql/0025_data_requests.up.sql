-- What people ask of whoever keeps their data: keys, grants, row-level security. No foreign key leads to the lead: that he asked to be
-- erased, and when, outlives him.

ALTER TABLE data_requests DROP CONSTRAINT data_requests_pkey;
ALTER TABLE data_requests
    ADD PRIMARY KEY (tenant_id, id),
    ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    ADD FOREIGN KEY (tenant_id, closed_by) REFERENCES members (tenant_id, id),
    ADD CHECK (kind IN ('access', 'erasure', 'correction')),
    ADD CHECK (origin IN ('lead', 'member')),
    ADD CHECK (state IN ('open', 'done', 'refused', 'lapsed')),
    ADD CHECK ((state = 'open') = (closed_at IS NULL)),
    ADD CHECK (due_at > asked_at);
CREATE UNIQUE INDEX data_requests_once ON data_requests (tenant_id, lead_id, kind) WHERE state = 'open';
CREATE INDEX data_requests_open ON data_requests (tenant_id, due_at) WHERE state = 'open';
CREATE INDEX data_requests_lead ON data_requests (tenant_id, lead_id);

ALTER TABLE notifications DROP CONSTRAINT notifications_kind;
ALTER TABLE notifications ADD CONSTRAINT notifications_kind CHECK (kind IN (
    'hand_off_card', 'lead_message', 'attendant_message', 'transferred', 'silent_attendant', 'dead_letter',
    'channel_stopped', 'budget_reached', 'spend_limit', 'plan_near', 'plan_reached', 'tenant_suspended', 'tenant_resumed',
    'waiting_reminder', 'waiting_escalated',
    'data_request', 'data_request_due', 'data_request_overdue'));

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
BEGIN
    ALTER TABLE data_requests ENABLE ROW LEVEL SECURITY;
    ALTER TABLE data_requests FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON data_requests TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON data_requests TO %I', app);
END $$;
