-- Keys, foreign keys, indexes, grants and row-level security.
-- Role names come from the setting reveza.role_prefix, which the migrating connection carries.

CREATE TABLE leader_leases (
    name       text PRIMARY KEY,
    holder     text NOT NULL,
    token      bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE leader_leases IS 'Who leads a singleton process, until when, and the fencing token of that reign.';

-- Every key of a tenant's row begins with its tenant.
DO $$
DECLARE t text;
BEGIN
    FOR t IN
        SELECT c.table_name FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id'
    LOOP
        EXECUTE format('ALTER TABLE %1$I DROP CONSTRAINT %2$I', t, t || '_pkey');
        EXECUTE format('ALTER TABLE %1$I ADD PRIMARY KEY (tenant_id, id)', t);
    END LOOP;
END $$;

-- On the hot path an index more is felt: these two are found by what makes them unique, never by an id.
ALTER TABLE raw_events DROP CONSTRAINT raw_events_pkey;
ALTER TABLE lead_months DROP CONSTRAINT lead_months_pkey;

CREATE UNIQUE INDEX members_person            ON members (tenant_id, telegram_user_id);
CREATE UNIQUE INDEX invites_token             ON invites (tenant_id, token_hash);
CREATE UNIQUE INDEX stages_key                ON stages (tenant_id, key);
CREATE UNIQUE INDEX usage_months_month        ON usage_months (tenant_id, month);
CREATE UNIQUE INDEX telegram_chats_chat       ON telegram_chats (tenant_id, bot_id, chat_id);
CREATE UNIQUE INDEX contact_identities_name   ON contact_identities (tenant_id, kind, scope, match_key);
CREATE UNIQUE INDEX lead_months_once          ON lead_months (tenant_id, month, lead_id);
CREATE UNIQUE INDEX raw_events_once           ON raw_events (tenant_id, channel_account_id, kind, external_id, variant);
ALTER TABLE raw_events  REPLICA IDENTITY USING INDEX raw_events_once;
ALTER TABLE lead_months REPLICA IDENTITY USING INDEX lead_months_once;
CREATE UNIQUE INDEX early_receipts_once       ON early_receipts (tenant_id, channel_account_id, external_id, status);
CREATE UNIQUE INDEX conversations_one_open    ON conversations (tenant_id, lead_id, channel_account_id) WHERE status <> 'closed';
CREATE UNIQUE INDEX messages_external         ON messages (tenant_id, channel_account_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX messages_seq              ON messages (tenant_id, conversation_id, seq);
CREATE UNIQUE INDEX messages_bubble           ON messages (tenant_id, turn_id, purpose, bubble) WHERE turn_id IS NOT NULL;
-- An account leads to one tenant, so this key cannot begin with the tenant; nothing of it is shown to anybody.
CREATE UNIQUE INDEX channel_accounts_bound    ON channel_accounts (credential_set_id, external_id) WHERE status <> 'disconnected';
CREATE UNIQUE INDEX telegram_updates_once     ON telegram_updates (bot_id, update_id);

CREATE INDEX members_telegram_user      ON members (telegram_user_id) WHERE removed_at IS NULL;
CREATE INDEX invites_hash               ON invites (token_hash);
CREATE INDEX conversations_assignee     ON conversations (tenant_id, assignee_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX channel_accounts_business  ON channel_accounts (credential_set_id, business_id);
-- Every message moves its conversation, and with it each index that holds it: the open ones are in the key above alone.
CREATE INDEX conversations_closed       ON conversations (tenant_id, lead_id, created_at) WHERE status = 'closed';
CREATE INDEX conversations_turn_due     ON conversations (turn_due_at) WHERE turn_due_at IS NOT NULL;
CREATE INDEX conversations_waiting      ON conversations (waiting_until) WHERE waiting_until IS NOT NULL;
CREATE INDEX messages_due               ON messages (next_attempt_at) WHERE status = 'queued';
CREATE INDEX messages_sending           ON messages (send_lease_until) WHERE status = 'sending';
CREATE INDEX messages_unsettled         ON messages (settle_by) WHERE settle_by IS NOT NULL;
CREATE INDEX messages_unsent            ON messages (tenant_id, conversation_id, seq) WHERE status IN ('queued', 'sending', 'unknown');
CREATE INDEX leads_recent               ON leads (tenant_id, created_at);
CREATE INDEX contact_identities_lead    ON contact_identities (tenant_id, lead_id);
CREATE INDEX hand_offs_summary_due      ON hand_offs (summary_due_at) WHERE summary_due_at IS NOT NULL;
CREATE INDEX hand_offs_conversation     ON hand_offs (tenant_id, conversation_id, created_at);
CREATE INDEX turns_conversation         ON turns (tenant_id, conversation_id, created_at);
CREATE INDEX ai_calls_recent            ON ai_calls (tenant_id, created_at);
CREATE INDEX score_changes_lead         ON score_changes (tenant_id, lead_id, created_at);
CREATE INDEX stage_changes_lead         ON stage_changes (tenant_id, lead_id, created_at);
CREATE INDEX notifications_due          ON notifications (due_at) WHERE status = 'queued';
CREATE INDEX dead_letters_open          ON dead_letters (tenant_id, created_at) WHERE status = 'open';
CREATE INDEX security_incidents_recent  ON security_incidents (tenant_id, created_at);
CREATE INDEX audit_log_recent           ON audit_log (tenant_id, created_at);
CREATE INDEX early_receipts_age         ON early_receipts (created_at);
CREATE INDEX telegram_updates_undone    ON telegram_updates (bot_id, lane, update_id) WHERE done_at IS NULL;
CREATE INDEX telegram_updates_done      ON telegram_updates (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX job_runs_recent            ON job_runs (job, due_at);

-- A row never points into another tenant.
ALTER TABLE channel_accounts   ADD FOREIGN KEY (credential_set_id) REFERENCES credential_sets (id);
DO $$
DECLARE
    pair text[];
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['channel_accounts', 'members', 'invites', 'telegram_chats', 'knowledge_entries', 'usage_months',
                             'audit_log', 'stages', 'leads', 'notifications', 'dead_letters', 'ai_calls',
                             'security_incidents']
    LOOP
        EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id)', t);
    END LOOP;
    FOREACH pair SLICE 1 IN ARRAY ARRAY[
        ['contact_identities', 'lead_id', 'leads'],
        ['lead_months', 'lead_id', 'leads'],
        ['score_changes', 'lead_id', 'leads'],
        ['stage_changes', 'lead_id', 'leads'],
        ['conversations', 'lead_id', 'leads'],
        ['conversations', 'channel_account_id', 'channel_accounts'],
        ['conversations', 'assignee_id', 'members'],
        ['conversations', 'previous_id', 'conversations'],
        ['messages', 'conversation_id', 'conversations'],
        ['messages', 'member_id', 'members'],
        ['early_receipts', 'channel_account_id', 'channel_accounts'],
        ['hand_offs', 'conversation_id', 'conversations'],
        ['hand_offs', 'claimed_by', 'members'],
        ['turns', 'conversation_id', 'conversations'],
        ['telegram_chats', 'member_id', 'members'],
        ['invites', 'created_by', 'members']]
    LOOP
        EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (tenant_id, %I) REFERENCES %I (tenant_id, id)', pair[1], pair[2], pair[3]);
    END LOOP;
END $$;

ALTER TABLE tenants            ADD CHECK (status IN ('active', 'suspended')),
                               ADD CHECK (debounce_seconds BETWEEN 0 AND 15);
ALTER TABLE channel_accounts   ADD CHECK (status IN ('active', 'stopped', 'disconnected'));
ALTER TABLE leads              ADD CHECK (score BETWEEN 0 AND 100);
ALTER TABLE dead_letters       ADD CHECK (status IN ('open', 'retried', 'dropped'));
ALTER TABLE conversations      ADD CHECK (status IN ('ai', 'waiting_human', 'human', 'closed'));
ALTER TABLE messages           ADD CHECK (status IN ('received', 'internal', 'queued', 'sending', 'unknown', 'sent',
                                                     'delivered', 'read', 'failed', 'cancelled')),
                               ADD CHECK (status <> 'queued' OR next_attempt_at IS NOT NULL),
                               ADD CHECK (purpose IS NULL OR purpose NOT IN ('note', 'suggestion') OR status = 'internal');

-- Search: Portuguese stems of the words with their accents, which the stemmer needs for "ação" and "ações", and without,
-- as leads write.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION pt_unaccent (COPY = portuguese);
ALTER TEXT SEARCH CONFIGURATION pt_unaccent ALTER MAPPING FOR hword, hword_part, word WITH unaccent, portuguese_stem;
ALTER TABLE knowledge_entries ADD COLUMN search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('pt_unaccent', title) || to_tsvector('portuguese', title), 'A')
    || setweight(to_tsvector('pt_unaccent', content) || to_tsvector('portuguese', content), 'B')) STORED;
CREATE INDEX knowledge_entries_search ON knowledge_entries USING gin (search);

-- Row-level security. The application's role sees one tenant, named by app.tenant_id; the webhooks' role the
-- tenants of its batch, named by app.tenant_ids; the platform's role what is granted to it below, column by column,
-- which is never what a lead wrote. With no tenant set every policy raises.
DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
    search text := current_setting('reveza.role_prefix') || '_search';
    t text;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I, %I, %I, %I', app, ingest, platform, search);
    FOR t IN
        SELECT c.table_name FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.column_name = 'tenant_id'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_tenant ON %I TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                       ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', t, app);
        IF t = 'audit_log' THEN
            EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', t, app);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I', t, app);
        END IF;
    END LOOP;
    ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
    ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON tenants TO %I USING (id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, UPDATE ON tenants TO %I', app);

    FOREACH t IN ARRAY ARRAY['channel_accounts', 'raw_events', 'leads', 'contact_identities', 'lead_months', 'usage_months',
                             'conversations', 'messages', 'early_receipts', 'notifications']
    LOOP
        EXECUTE format('CREATE POLICY of_batch ON %I TO %I USING (tenant_id = ANY (current_setting(''app.tenant_ids'')::uuid[]))'
                       ' WITH CHECK (tenant_id = ANY (current_setting(''app.tenant_ids'')::uuid[]))', t, ingest);
        IF t <> 'channel_accounts' THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO %I', t, ingest);
        END IF;
    END LOOP;
    EXECUTE format('CREATE POLICY of_batch ON tenants TO %I USING (id = ANY (current_setting(''app.tenant_ids'')::uuid[]))', ingest);
    EXECUTE format('GRANT SELECT (id, timezone, status, ai_paused, debounce_seconds) ON tenants TO %I', ingest);
    EXECUTE format('GRANT SELECT (id, tenant_id, status) ON channel_accounts TO %I', ingest);

    FOREACH t IN ARRAY ARRAY['channel_accounts', 'conversations', 'messages', 'notifications', 'early_receipts', 'members',
                             'invites', 'telegram_chats', 'dead_letters', 'hand_offs']
    LOOP
        EXECUTE format('CREATE POLICY of_platform ON %I TO %I USING (true)', t, platform);
    END LOOP;
    EXECUTE format('CREATE POLICY of_platform ON tenants TO %I USING (true) WITH CHECK (true)', platform);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON tenants, credential_sets, job_runs, telegram_updates, parked_payloads,'
                   ' leader_leases TO %I', platform);
    EXECUTE format('GRANT DELETE ON telegram_updates, parked_payloads, early_receipts, leader_leases TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, credential_set_id, channel, external_id, business_id, status) ON channel_accounts TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, status, turn_due_at, turn_token, turn_lease_until, turn_attempts, waiting_until),'
                   ' UPDATE (turn_lease_until) ON conversations TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, conversation_id, channel_account_id, seq, author, direction, status,'
                   ' next_attempt_at, send_token, send_lease_until, settle_by), UPDATE (send_lease_until) ON messages TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, kind, status, due_at, attempts) ON notifications TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, summary_due_at) ON hand_offs TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, created_at) ON early_receipts TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, telegram_user_id, role, language, removed_at) ON members TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, token_hash, expires_at, used_at) ON invites TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, bot_id, chat_id, kind, member_id) ON telegram_chats TO %I', platform);
    EXECUTE format('GRANT SELECT (id, tenant_id, kind, subject_id, error, attempts, status, created_at) ON dead_letters TO %I', platform);

    EXECUTE format('CREATE POLICY of_search ON knowledge_entries FOR SELECT TO %I USING (true)', search);
    EXECUTE format('GRANT SELECT ON knowledge_entries TO %I', search);
END $$;

-- Search under row-level security: @@ is not leakproof, so a policy would keep the index from being used. This function
-- runs as a role that may read, and reads the tenant from the setting itself.
CREATE FUNCTION search_knowledge(p_query text, p_limit int)
RETURNS TABLE (id uuid, title text, content text, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.id, k.title, k.content, ts_rank_cd(k.search, q.query)
    FROM (SELECT replace((plainto_tsquery('pt_unaccent', p_query) || plainto_tsquery('portuguese', p_query))::text, '&', '|')::tsquery
              AS query) q
    JOIN knowledge_entries k ON k.tenant_id = current_setting('app.tenant_id')::uuid AND k.search @@ q.query
    ORDER BY 4 DESC, k.id
    LIMIT p_limit
$$;
DO $$
DECLARE
    search text := current_setting('reveza.role_prefix') || '_search';
    app text := current_setting('reveza.role_prefix') || '_app';
BEGIN
    EXECUTE format('GRANT CREATE ON SCHEMA public TO %I', search);
    EXECUTE format('ALTER FUNCTION search_knowledge(text, int) OWNER TO %I', search);
    EXECUTE format('REVOKE CREATE ON SCHEMA public FROM %I', search);
    EXECUTE format('REVOKE ALL ON FUNCTION search_knowledge(text, int) FROM PUBLIC');
    EXECUTE format('GRANT EXECUTE ON FUNCTION search_knowledge(text, int) TO %I', app);
END $$;
