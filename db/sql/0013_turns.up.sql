-- The way of a turn, a round trip a step: begun, committed, and its messages sent. Each function that begins with
-- in_tenant() is a transaction of its own when it is called outside one, and a part of a tenant's scope inside one.

CREATE FUNCTION in_tenant(p_tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NULLIF(current_setting('app.tenant_id', true), '') IS DISTINCT FROM p_tenant::text THEN
        IF NULLIF(current_setting('app.tenant_id', true), '') IS NOT NULL THEN
            RAISE insufficient_privilege USING MESSAGE = 'the scope of another tenant is open';
        END IF;
        PERFORM set_config('app.tenant_id', p_tenant::text, true);
    END IF;
END $$;
COMMENT ON FUNCTION in_tenant IS 'Until the transaction ends only this tenant''s rows exist; another tenant''s transaction is refused.';

CREATE FUNCTION turn_context(p_tenant uuid, p_conversation uuid, p_new int, p_history int, p_carried int, p_budget int)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    c conversations; v_new json; v_history json; v_carried json; v_budget numeric; v_size bigint; v_known json; v_document json;
BEGIN
    PERFORM in_tenant(p_tenant);
    SELECT o.* INTO c FROM conversations o WHERE o.tenant_id = p_tenant AND o.id = p_conversation;

    -- What the lead said since the last answer, the latest of it. What was only announced is answered when its content comes.
    SELECT json_agg(n.line ORDER BY n.seq) INTO v_new FROM (
        SELECT m.seq, json_build_array(m.seq, m.author, m.type, m.text, m.purpose, m.created_at, m.external_id) AS line
        FROM messages m
        WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > c.answered_seq AND m.seq <= c.inbound_seq
          AND m.direction = 'in' AND m.type <> 'waiting_message'
        ORDER BY m.seq DESC LIMIT p_new) n;

    -- What was said before that, to and fro: what reached the lead and what he said, never notes.
    SELECT json_agg(h.line ORDER BY h.seq) INTO v_history FROM (
        SELECT m.seq, json_build_array(m.seq, m.author, m.type, m.text, m.purpose, m.sent_at) AS line
        FROM messages m
        WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > c.context_from_seq
          AND m.status NOT IN ('cancelled', 'failed', 'internal') AND m.type <> 'waiting_message'
          AND NOT (m.direction = 'in' AND m.seq > c.answered_seq)
        ORDER BY m.seq DESC LIMIT p_history) h;
    IF c.previous_id IS NOT NULL AND c.context_from_seq = 0 THEN    -- and in the conversation that this one goes on from
        SELECT json_agg(h.line ORDER BY h.seq) INTO v_carried FROM (
            SELECT m.seq, json_build_array(m.seq, m.author, m.type, m.text, m.purpose, m.sent_at) AS line
            FROM messages m
            WHERE m.tenant_id = p_tenant AND m.conversation_id = c.previous_id
              AND m.status NOT IN ('cancelled', 'failed', 'internal') AND m.type <> 'waiting_message'
            ORDER BY m.seq DESC LIMIT p_carried) h;
    END IF;

    -- What the AI may say: all of it, when together it is no longer than the tenant's budget.
    SELECT COALESCE(sum(length(k.title) + length(k.content)), 0) INTO v_size FROM knowledge_entries k WHERE k.tenant_id = p_tenant;
    SELECT CASE WHEN jsonb_typeof(t.settings -> 'knowledge_token_budget') = 'number'
                THEN trunc((t.settings ->> 'knowledge_token_budget')::numeric * 3.5) ELSE p_budget END
    INTO v_budget FROM tenants t WHERE t.id = p_tenant;
    IF v_size <= v_budget THEN
        SELECT json_agg(json_build_array(k.title, k.content) ORDER BY k.id) INTO v_known
        FROM knowledge_entries k WHERE k.tenant_id = p_tenant;
    END IF;

    SELECT to_json(looked) INTO v_document FROM (
        SELECT c.answered_seq, c.inbound_seq, c.idle_turns, c.unreadable_run, c.automatic_run, c.lead_id, c.channel_account_id,
               c.reply_kind, c.reply_address, a.channel, a.status AS account_status, l.name AS lead_name, l.score, l.stage_key,
               l.facts AS lead_facts, l.source AS lead_source, t.name AS tenant_name, t.status AS tenant_status, t.timezone, t.locale,
               t.ai_paused, t.debounce_seconds, t.settings::text AS settings, now() AS db_now,
               (SELECT json_agg(json_build_object('key', s.key, 'position', s.position, 'min_score', s.min_score, 'outcome', s.outcome)
                                ORDER BY s.position)
                FROM stages s WHERE s.tenant_id = p_tenant) AS stages,
               COALESCE((SELECT u.ai_cost_micros FROM usage_months u
                         WHERE u.tenant_id = p_tenant AND u.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date),
                        0) AS cost_micros,
               -- The odd condition names both halves of what conversations of a lead are indexed by.
               NOT EXISTS (SELECT 1 FROM turns x JOIN conversations o ON o.tenant_id = x.tenant_id AND o.id = x.conversation_id
                           WHERE o.tenant_id = p_tenant AND o.lead_id = c.lead_id AND (o.status <> 'closed' OR o.status = 'closed')
                             AND x.outcome IN ('answered', 'generic')) AS first_answer,
               v_new AS new, v_history AS history, v_carried AS carried, v_size AS knowledge_size, v_known AS known
        FROM channel_accounts a, leads l, tenants t
        WHERE a.tenant_id = p_tenant AND a.id = c.channel_account_id AND l.tenant_id = p_tenant AND l.id = c.lead_id
          AND t.id = p_tenant) looked;
    RETURN v_document;
END $$;
COMMENT ON FUNCTION turn_context IS 'All that a turn looks at, in one document; null where there is no such conversation.';

CREATE FUNCTION begin_turn(p_tenant uuid, p_conversation uuid, p_lease float8, p_new int, p_history int, p_carried int, p_budget int)
RETURNS TABLE (token bigint, attempts int, context json, due_in float8, status text, taken boolean) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM in_tenant(p_tenant);
    UPDATE conversations c
    SET turn_token = c.turn_token + 1, turn_attempts = c.turn_attempts + 1, turn_lease_until = now() + make_interval(secs => p_lease)
    WHERE c.tenant_id = p_tenant AND c.id = p_conversation AND c.status = 'ai' AND c.turn_due_at <= now()
      AND (c.turn_lease_until IS NULL OR c.turn_lease_until < now())
    RETURNING c.turn_token, c.turn_attempts, c.status INTO token, attempts, status;
    IF token IS NULL THEN
        RETURN QUERY SELECT NULL::bigint, NULL::int, NULL::json, extract(epoch FROM c.turn_due_at - now())::float8, c.status::text,
                            COALESCE(c.turn_lease_until >= now(), false)
        FROM conversations c WHERE c.tenant_id = p_tenant AND c.id = p_conversation;
        RETURN;
    END IF;
    BEGIN
        context := turn_context(p_tenant, p_conversation, p_new, p_history, p_carried, p_budget);
    EXCEPTION WHEN OTHERS THEN
        context := NULL;    -- the attempt counts, whatever is wrong with what it would have looked at
    END;
    RETURN NEXT;
END $$;
COMMENT ON FUNCTION begin_turn IS 'Take the due turn of a conversation under a lease and a new fencing token, with all that it looks at. One row always comes back for a conversation that exists: with a token when the turn is ours, else with the seconds until it is due (null: nothing is) and whether somebody has it.';

CREATE FUNCTION record_turn(p_tenant uuid, p_conversation uuid, p_turn jsonb, p_lead uuid, p_account uuid, p_after int, p_said jsonb, p_found jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH turn AS (
        SELECT r.* FROM conversations c, jsonb_to_record(p_turn) AS r(
            id uuid, token bigint, from_seq int, to_seq int, restarts int, outcome text, decision jsonb, verdicts jsonb, prompt jsonb,
            duration_ms int)
        WHERE c.tenant_id = p_tenant AND c.id = p_conversation),
    recorded AS (
        INSERT INTO turns (id, tenant_id, conversation_id, token, from_seq, to_seq, restarts, outcome, decision, verdicts, prompt,
                           duration_ms)
        SELECT r.id, p_tenant, p_conversation, r.token, r.from_seq, r.to_seq, r.restarts, r.outcome, r.decision, r.verdicts,
               COALESCE(r.prompt, '{}'), r.duration_ms FROM turn r)
    INSERT INTO messages (id, tenant_id, conversation_id, lead_id, channel_account_id, turn_id, direction, author, seq, purpose, bubble,
                          text, status, next_attempt_at)
    SELECT m.id, p_tenant, p_conversation, p_lead, p_account, r.id, 'out', 'ai', p_after + m.place, m.purpose, m.bubble, m.text,
           m.status, m.next_attempt_at
    FROM turn r, jsonb_to_recordset(p_said) AS m(
        id uuid, place int, purpose text, bubble int, text text, status text, next_attempt_at timestamptz);
    IF p_found IS NULL THEN
        RETURN;
    END IF;
    WITH found AS (
        SELECT f.* FROM conversations c, jsonb_to_record(p_found) AS f(
            score_before int, score int, reason text, stage_before text, stage text, facts jsonb)
        WHERE c.tenant_id = p_tenant AND c.id = p_conversation),
    scored AS (
        INSERT INTO score_changes (id, tenant_id, lead_id, before, after, reason, turn_id)
        SELECT uuid_v7(), p_tenant, p_lead, f.score_before, f.score, f.reason, (p_turn ->> 'id')::uuid FROM found f
        WHERE f.score <> f.score_before),
    moved AS (
        INSERT INTO stage_changes (id, tenant_id, lead_id, before, after, reason)
        SELECT uuid_v7(), p_tenant, p_lead, f.stage_before, f.stage, 'score' FROM found f WHERE f.stage <> f.stage_before)
    UPDATE leads l SET score = f.score, stage_key = f.stage, facts = l.facts || f.facts
    FROM found f WHERE l.tenant_id = p_tenant AND l.id = p_lead;
END $$;
COMMENT ON FUNCTION record_turn IS 'A turn of a conversation with a lead over an account, with its messages, which follow number p_after, and what it found out of the lead (null: nothing): his score, his stage, his facts, onto what stands there.';

CREATE FUNCTION finish_turn(p_tenant uuid, p_conversation uuid, p_to_seq int, p_said int, p_status text, p_idle int, p_unreadable int, p_minutes int, p_automatic int)
RETURNS TABLE (due_in float8) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY UPDATE conversations
    SET answered_seq = p_to_seq, message_seq = message_seq + p_said, turn_attempts = 0, turn_lease_until = NULL, status = p_status,
        idle_turns = p_idle, unreadable_run = p_unreadable, automatic_run = p_automatic, last_activity_at = now(),
        turn_due_at = CASE WHEN p_status = 'ai' AND inbound_seq > p_to_seq THEN COALESCE(turn_due_at, now()) END,
        first_unanswered_at = CASE WHEN p_status = 'ai' AND inbound_seq > p_to_seq THEN now() END,
        waiting_since = CASE WHEN p_status = 'waiting_human' THEN now() END,
        waiting_until = CASE WHEN p_status = 'waiting_human' THEN now() + make_interval(mins => p_minutes) END
    WHERE tenant_id = p_tenant AND id = p_conversation
    RETURNING extract(epoch FROM turn_due_at - now())::float8;
END $$;
COMMENT ON FUNCTION finish_turn IS 'A committed turn leaves the conversation: answered up to p_to_seq, p_said messages longer, waiting for p_minutes at most (null: for as long as it takes). What came meanwhile stays due.';

CREATE FUNCTION record_calls(p_tenant uuid, p_conversation uuid, p_turn uuid, p_purpose text, p_calls jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH called AS (
        SELECT c.* FROM tenants t, jsonb_to_recordset(p_calls) AS c(
            model text, outcome text, latency_ms int, tokens_in int, tokens_out int, tokens_cache_read int, tokens_cache_write int,
            cost_micros bigint, request_id text)
        WHERE t.id = p_tenant),
    recorded AS (
        INSERT INTO ai_calls (id, tenant_id, conversation_id, turn_id, purpose, model, outcome, latency_ms, tokens_in, tokens_out,
                              tokens_cache_read, tokens_cache_write, cost_micros, request_id)
        SELECT uuid_v7(), p_tenant, p_conversation, p_turn, p_purpose, c.model, c.outcome, c.latency_ms, c.tokens_in, c.tokens_out,
               c.tokens_cache_read, c.tokens_cache_write, c.cost_micros, c.request_id FROM called c)
    INSERT INTO usage_months AS u (id, tenant_id, month, ai_cost_micros, ai_tokens)
    SELECT uuid_v7(), t.id, date_trunc('month', now() AT TIME ZONE t.timezone)::date,
           (SELECT sum(c.cost_micros) FROM called c),
           (SELECT sum(c.tokens_in + c.tokens_out + c.tokens_cache_read + c.tokens_cache_write) FROM called c)
    FROM tenants t WHERE t.id = p_tenant
    ON CONFLICT (tenant_id, month) DO UPDATE
    SET ai_cost_micros = u.ai_cost_micros + EXCLUDED.ai_cost_micros, ai_tokens = u.ai_tokens + EXCLUDED.ai_tokens;
END $$;
COMMENT ON FUNCTION record_calls IS 'Calls of the model in a conversation, in a turn or beside one, for a purpose; what they cost goes onto the month of the tenant''s own time zone. That row is all the tenant''s traffic''s: this comes last in a transaction.';

CREATE FUNCTION commit_turn(
    p_tenant uuid, p_conversation uuid, p_token bigint, p_newest int, p_score int, p_stage text,
    p_turn jsonb, p_lead uuid, p_account uuid, p_said jsonb, p_found jsonb, p_idle int, p_unreadable int, p_automatic int, p_calls jsonb)
RETURNS TABLE (due_in float8) LANGUAGE plpgsql AS $$
DECLARE v_after int;
BEGIN
    PERFORM in_tenant(p_tenant);
    -- The lead before the conversation, as webhooks lock them.
    PERFORM 1 FROM leads l WHERE l.tenant_id = p_tenant AND l.id = p_lead AND l.score = p_score AND l.stage_key = p_stage
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT c.message_seq INTO v_after FROM conversations c
    WHERE c.tenant_id = p_tenant AND c.id = p_conversation AND c.turn_token = p_token AND c.status = 'ai' AND c.inbound_seq <= p_newest
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM record_turn(p_tenant, p_conversation, p_turn, p_lead, p_account, v_after, p_said, p_found);
    RETURN QUERY SELECT f.due_in FROM finish_turn(
        p_tenant, p_conversation, (p_turn ->> 'to_seq')::int, jsonb_array_length(p_said), 'ai', p_idle, p_unreadable, NULL, p_automatic) f;
    IF p_calls <> '[]' THEN
        PERFORM record_calls(p_tenant, p_conversation, (p_turn ->> 'id')::uuid, 'turn', p_calls);
    END IF;
END $$;
COMMENT ON FUNCTION commit_turn IS 'Write a turn that stays with the AI, if all is as it looked: the token its own, the conversation the AI''s, nothing newer than number p_newest, the lead where he stood. Else no row, and nothing is written.';

CREATE FUNCTION claim_send(p_tenant uuid, p_conversation uuid, p_lease float8)
RETURNS TABLE (due_in float8, id uuid, send_token bigint, attempts int, content text, author text, purpose text, age float8,
               reply_kind text, reply_address text, account_id uuid, channel text, external_id text, sealed bytea, account_status text)
LANGUAGE plpgsql AS $$
DECLARE v_next uuid; v_due float8;
BEGIN
    PERFORM in_tenant(p_tenant);
    PERFORM 1 FROM conversations c WHERE c.tenant_id = p_tenant AND c.id = p_conversation FOR UPDATE;
    -- One at a time, in order. One of unknown outcome holds back the AI's next words, not a person's.
    SELECT m.id, extract(epoch FROM m.next_attempt_at - now())::float8 INTO v_next, v_due FROM messages m
    WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.direction = 'out' AND m.status = 'queued'
      AND NOT EXISTS (SELECT 1 FROM messages x WHERE x.tenant_id = p_tenant AND x.conversation_id = p_conversation
                        AND x.direction = 'out' AND (x.status = 'sending' OR (x.status = 'unknown' AND m.author = 'ai' AND x.seq < m.seq)))
    ORDER BY m.seq LIMIT 1;
    IF v_next IS NULL OR v_due > 0 THEN
        due_in := v_due;
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
              a.external_id::text, a.sealed, a.status::text;
END $$;
COMMENT ON FUNCTION claim_send IS 'Mark the conversation''s next message as being sent, in order, one at a time. One row: with an id when it is ours, else with the seconds until one is due (null: none is, or somebody else is at it).';

CREATE FUNCTION record_sent(p_tenant uuid, p_message uuid, p_token bigint, p_external_id text)
RETURNS TABLE (more boolean) LANGUAGE plpgsql AS $$
DECLARE v_account uuid; v_conversation uuid;
BEGIN
    PERFORM in_tenant(p_tenant);
    UPDATE messages m
    SET status = CASE WHEN message_rank(m.status) < message_rank('sent') THEN 'sent' ELSE m.status END,
        external_id = COALESCE(p_external_id, m.external_id), sent_at = COALESCE(m.sent_at, now()),
        send_lease_until = NULL, settle_by = CASE WHEN m.status = 'failed' THEN m.settle_by END
    WHERE m.tenant_id = p_tenant AND m.id = p_message AND m.send_token = p_token
    RETURNING m.channel_account_id, m.conversation_id INTO v_account, v_conversation;
    IF v_account IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT 1 FROM early_receipts r
               WHERE r.tenant_id = p_tenant AND r.channel_account_id = v_account AND r.external_id = p_external_id) THEN
        PERFORM take_early_receipts(p_tenant, v_account, p_external_id, p_message);
    END IF;
    RETURN QUERY SELECT EXISTS (
        SELECT 1 FROM messages x WHERE x.tenant_id = p_tenant AND x.conversation_id = v_conversation AND x.direction = 'out'
          AND x.status = 'queued');
END $$;
COMMENT ON FUNCTION record_sent IS 'The provider took it, under its id. A status that was faster than the answer stays; an id that was only concluded from an echo does not. more: the conversation has another queued one.';
