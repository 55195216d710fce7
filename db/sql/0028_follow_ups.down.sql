-- Takes back what 0028_follow_ups.up.sql made, as far as the table does not take it along.
DROP FUNCTION claim_send(uuid, uuid, float8);
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

DROP TRIGGER follow_up_goes_along ON messages;
DROP FUNCTION follow_up_moved;
DROP FUNCTION take_back_follow_ups;
DROP FUNCTION hold_followed_up;
DROP FUNCTION follow_up_refusal;
DROP FUNCTION silence_of;
ALTER TABLE follow_ups DROP CONSTRAINT follow_ups_pkey;
ALTER TABLE follow_ups ADD PRIMARY KEY (id);
