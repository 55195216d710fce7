-- Who is written to unasked: one row a step of a lead's silence, from plan to answer; and what stands before it may leave.

ALTER TABLE follow_ups DROP CONSTRAINT follow_ups_pkey;
ALTER TABLE follow_ups ADD PRIMARY KEY (tenant_id, id), ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id),
                       ADD FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
                       ADD FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
                       ADD CHECK (state IN ('planned', 'queued', 'sent', 'held', 'failed', 'cancelled')),
                       ADD CHECK (step BETWEEN 1 AND 5);
CREATE UNIQUE INDEX follow_ups_once    ON follow_ups (tenant_id, lead_id, silent_since, step);
CREATE UNIQUE INDEX follow_ups_message ON follow_ups (tenant_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX follow_ups_planned        ON follow_ups (tenant_id, due_at, id) WHERE state IN ('planned', 'held');
CREATE INDEX follow_ups_placed         ON follow_ups (tenant_id, leave_at) WHERE leave_at IS NOT NULL;
CREATE INDEX follow_ups_leaving        ON follow_ups (leave_at) WHERE state = 'planned' AND leave_at IS NOT NULL;
CREATE INDEX follow_ups_recent         ON follow_ups (tenant_id, created_at);

CREATE FUNCTION silence_of(p_tenant uuid, p_conversation uuid)
RETURNS TABLE (conversation_id uuid, lead_id uuid, lead_name text, channel_account_id uuid, channel text, message_seq int, status text,
               stage_key text, opted_out boolean, last_word_at timestamptz, is_answered boolean, is_unsent boolean, steps_done int,
               last_step_at timestamptz, channel_works boolean, cost_micros bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.id, l.id, l.name, a.id, a.channel, c.message_seq,
           -- With a person on one channel is with a person.
           CASE WHEN his.with_person AND c.status = 'ai' THEN 'human' ELSE c.status END, l.stage_key, l.opted_out_at IS NOT NULL,
           his.last_word_at,
           c.turn_due_at IS NULL AND c.turn_lease_until IS NULL AND c.inbound_seq <= c.answered_seq
               AND c.last_inbound_at = his.last_word_at AND his.last_word_at IS NOT NULL,
           EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = p_tenant AND m.conversation_id = c.id
                   AND m.status IN ('queued', 'sending', 'unknown')),
           had.steps::int, had.last_at, a.status = 'active',
           COALESCE((SELECT u.ai_cost_micros FROM usage_months u JOIN tenants t ON t.id = p_tenant
                     WHERE u.tenant_id = p_tenant AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date), 0)
    FROM conversations c
    JOIN leads l ON l.tenant_id = p_tenant AND l.id = c.lead_id
    JOIN channel_accounts a ON a.tenant_id = p_tenant AND a.id = c.channel_account_id
    CROSS JOIN LATERAL (
        SELECT max(o.last_inbound_at) AS last_word_at, COALESCE(bool_or(o.status IN ('human', 'waiting_human')), false) AS with_person
        FROM conversations o
        WHERE o.tenant_id = p_tenant AND o.lead_id = c.lead_id AND (o.status <> 'closed' OR o.status = 'closed')) his
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE f.silent_since = his.last_word_at) AS steps, max(COALESCE(f.sent_at, f.leave_at)) AS last_at
        FROM follow_ups f
        WHERE f.tenant_id = p_tenant AND f.lead_id = c.lead_id AND f.state IN ('queued', 'sent', 'failed')) had
    WHERE c.tenant_id = p_tenant AND c.id = p_conversation
$$;
COMMENT ON FUNCTION silence_of IS 'How things stand with the lead of a conversation, for whoever asks whether he may be written to unasked.';

CREATE FUNCTION follow_up_refusal(p_tenant uuid, p_follow_up uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN f.leave_by IS NULL OR f.leave_by < now() THEN 'late'
        WHEN t.status <> 'active' OR t.ai_paused THEN 'tenant'
        WHEN t.settings #> '{follow_up,is_on}' IS DISTINCT FROM 'true' THEN 'off'
        WHEN s.opted_out THEN 'opted_out'
        WHEN s.status = 'closed' THEN 'closed'
        WHEN s.status <> 'ai' THEN 'person'
        WHEN NOT CASE WHEN jsonb_array_length(COALESCE(t.settings #> '{follow_up,stages}', '[]')) > 0
                      THEN t.settings #> '{follow_up,stages}' ? s.stage_key
                      ELSE EXISTS (SELECT 1 FROM stages g WHERE g.tenant_id = p_tenant AND g.key = s.stage_key AND g.outcome = 'open') END
            THEN 'stage'
        WHEN NOT s.channel_works THEN 'channel'
        WHEN NOT s.is_answered OR s.last_word_at <> f.silent_since THEN 'answered'
        WHEN EXISTS (SELECT 1 FROM follow_ups o WHERE o.tenant_id = p_tenant AND o.lead_id = f.lead_id AND o.id <> f.id
                       AND o.sent_at > now() - interval '20 hours') THEN 'apart'
    END
    FROM follow_ups f CROSS JOIN LATERAL silence_of(p_tenant, f.conversation_id) s JOIN tenants t ON t.id = p_tenant
    WHERE f.tenant_id = p_tenant AND f.id = p_follow_up
$$;
COMMENT ON FUNCTION follow_up_refusal IS 'Why what was written to a silent lead must not leave, as things stand; null when it may. Whoever asks holds the lead.';

CREATE FUNCTION hold_followed_up(p_tenant uuid, p_conversation uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE v_lead uuid;
BEGIN
    SELECT m.lead_id INTO v_lead FROM messages m
    WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.status = 'queued' AND m.purpose = 'follow_up' LIMIT 1;
    IF v_lead IS NULL THEN
        RETURN false;
    END IF;
    PERFORM 1 FROM leads l WHERE l.tenant_id = p_tenant AND l.id = v_lead FOR NO KEY UPDATE;
    PERFORM 1 FROM conversations c
    WHERE c.tenant_id = p_tenant AND c.lead_id = v_lead AND (c.status <> 'closed' OR c.status = 'closed') ORDER BY c.id FOR UPDATE;
    RETURN true;
END $$;
COMMENT ON FUNCTION hold_followed_up IS 'Nobody takes, answers for, moves or hears the lead until the transaction ends, if something that he did not ask for waits to leave here.';

CREATE FUNCTION take_back_follow_ups(p_tenant uuid, p_conversation uuid) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE v_taken uuid[];
BEGIN
    WITH refused AS (
        UPDATE follow_ups f SET reason = r.why
        FROM messages m CROSS JOIN LATERAL (
            SELECT COALESCE(follow_up_refusal(p_tenant, x.id), '') AS why FROM follow_ups x
            WHERE x.tenant_id = p_tenant AND x.message_id = m.id) r
        WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.status = 'queued' AND m.purpose = 'follow_up'
          AND f.tenant_id = p_tenant AND f.message_id = m.id AND r.why <> ''
        RETURNING m.id),
    unsaid AS (
        UPDATE messages m SET status = 'cancelled', next_attempt_at = NULL
        -- One that nothing tells of any more has nobody who would answer for it.
        WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.status = 'queued' AND m.purpose = 'follow_up'
          AND (m.id IN (SELECT r.id FROM refused r)
               OR NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.tenant_id = p_tenant AND f.message_id = m.id))
        RETURNING m.id)
    SELECT array_agg(u.id) INTO v_taken FROM unsaid u;
    RETURN v_taken;
END $$;
COMMENT ON FUNCTION take_back_follow_ups IS 'What was to be said here unasked and must not leave as things stand stays unsaid; which messages.';

CREATE FUNCTION follow_up_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE follow_ups f
    SET state = CASE WHEN NEW.status IN ('cancelled', 'failed', 'queued') THEN NEW.status ELSE 'sent' END,
        reason = CASE NEW.status WHEN 'cancelled' THEN COALESCE(f.reason, 'taken_back')
                                 WHEN 'failed' THEN left(COALESCE(NEW.error_code, 'failed'), 40) END,
        sent_at = CASE WHEN NEW.status = 'sending' THEN now() WHEN NEW.status NOT IN ('cancelled', 'queued') THEN COALESCE(f.sent_at, now()) END
    WHERE f.tenant_id = NEW.tenant_id AND f.message_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION follow_up_moved IS 'A follow-up has come as far as its message, whoever moved that.';
CREATE TRIGGER follow_up_goes_along AFTER UPDATE OF status ON messages FOR EACH ROW
WHEN (NEW.purpose = 'follow_up' AND OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION follow_up_moved();

DROP FUNCTION claim_send(uuid, uuid, float8);
CREATE FUNCTION claim_send(p_tenant uuid, p_conversation uuid, p_lease float8)
RETURNS TABLE (due_in float8, id uuid, send_token bigint, attempts int, content text, author text, purpose text, age float8,
               reply_kind text, reply_address text, account_id uuid, channel text, external_id text, sealed bytea, account_status text, taken_back text[])
LANGUAGE plpgsql AS $$
DECLARE v_next uuid; v_due float8; v_purpose text; v_held boolean; v_taken uuid[];
BEGIN
    PERFORM in_tenant(p_tenant);
    -- Whoever is written to unasked is held before his conversation is, as webhooks and turns lock them.
    v_held := hold_followed_up(p_tenant, p_conversation);
    PERFORM 1 FROM conversations c WHERE c.tenant_id = p_tenant AND c.id = p_conversation FOR UPDATE;
    IF v_held THEN
        v_taken := take_back_follow_ups(p_tenant, p_conversation);
    END IF;
    -- One at a time, in order. One of unknown outcome holds back the AI's next words, not a person's.
    SELECT m.id, extract(epoch FROM m.next_attempt_at - now())::float8, m.purpose INTO v_next, v_due, v_purpose FROM messages m
    WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.direction = 'out' AND m.status = 'queued'
      AND NOT EXISTS (SELECT 1 FROM messages x WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation
                        AND x.direction = 'out' AND (x.status = 'sending' OR (x.status = 'unknown' AND m.author = 'ai' AND x.seq < m.seq)))
    ORDER BY m.seq LIMIT 1;
    IF v_next IS NULL OR v_due > 0 OR (v_purpose = 'follow_up' AND NOT v_held) THEN
        due_in := CASE WHEN v_next IS NOT NULL THEN GREATEST(v_due, 0) END;    -- one that came between the two locks is looked at anew
        taken_back := v_taken::text[];    -- a type that the driver knows without asking
        RETURN NEXT;
        RETURN;
    END IF;
    -- The intent is on disk before anything leaves; with it comes all that the call needs.
    RETURN QUERY UPDATE messages m
    SET status = 'sending', attempts = m.attempts + 1, send_token = m.send_token + 1,
        send_lease_until = now() + make_interval(secs => p_lease), next_attempt_at = NULL
    FROM conversations c JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.channel_account_id
    WHERE m.tenant_id = p_tenant AND m.id = v_next AND m.status = 'queued' AND c.tenant_id = p_tenant AND c.id = p_conversation
    RETURNING NULL::float8, m.id, m.send_token, m.attempts, m.text, m.author::text, m.purpose::text,
              extract(epoch FROM now() - m.created_at)::float8, c.reply_kind::text, c.reply_address, a.id, a.channel::text,
              a.external_id::text, a.sealed, a.status::text, v_taken::text[];
END $$;
COMMENT ON FUNCTION claim_send IS 'Mark the conversation''s next message as being sent, in order, one at a time. One row: with an id when it is ours, else with the seconds until one is due (null: none is, or somebody else is at it); and which messages stay unsaid from now on.';

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
    platform text := current_setting('reveza.role_prefix') || '_platform';
BEGIN
    ALTER TABLE follow_ups ENABLE ROW LEVEL SECURITY;
    ALTER TABLE follow_ups FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON follow_ups TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON follow_ups TO %I', app);
    -- A webhook takes back what was to be said when the business itself speaks; statuses come by webhooks too.
    EXECUTE format('CREATE POLICY of_batch ON follow_ups TO %I USING (tenant_id = ANY (current_setting(''app.tenant_ids'')::uuid[]))'
                   ' WITH CHECK (tenant_id = ANY (current_setting(''app.tenant_ids'')::uuid[]))', ingest);
    EXECUTE format('GRANT SELECT (tenant_id, message_id, state, reason, sent_at), UPDATE (state, reason, sent_at) ON follow_ups TO %I', ingest);
    EXECUTE format('CREATE POLICY of_platform ON follow_ups FOR SELECT TO %I USING (true)', platform);
    EXECUTE format('GRANT SELECT (tenant_id, id, state, leave_at, lease_until) ON follow_ups TO %I', platform);
END $$;
