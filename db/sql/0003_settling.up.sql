-- What providers tell of our own messages in their words instead of ours: which message an echo is, what a receipt reaches.
-- Nothing here runs for a batch in which leads write and statuses name what they are about.

CREATE FUNCTION as_compared(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(normalize(COALESCE(p_text, ''), NFC), '\s+', ' ', 'g'))
$$;
COMMENT ON FUNCTION as_compared IS 'A text as providers may give it back: how letters are composed, and white space, are not told apart.';

CREATE FUNCTION is_known(e ingest_event) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM messages m
                   WHERE m.tenant_id = e.tenant_id AND m.channel_account_id = e.account_id AND m.external_id = e.external_id
                     AND (m.type <> 'waiting_message' OR e.type = 'waiting_message'))
$$;
COMMENT ON FUNCTION is_known IS 'Whether the message is there already, with its content or, for a placeholder, without.';

CREATE FUNCTION is_sent(e ingest_event) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM messages m
                   WHERE m.tenant_id = e.tenant_id AND m.channel_account_id = e.account_id AND m.external_id = e.ref_id)
$$;
COMMENT ON FUNCTION is_sent IS 'Whether the message that a status names is there already.';

CREATE FUNCTION recent_conversations(e ingest_event) RETURNS TABLE (id uuid, message_seq int) LANGUAGE sql STABLE AS $$
    SELECT c.id, c.message_seq
    FROM (SELECT i.lead_id FROM contact_identities i
          WHERE i.tenant_id = e.tenant_id AND i.kind = e.anchor_kind AND i.scope = e.anchor_scope AND i.match_key = e.anchor_key
          UNION
          SELECT i.lead_id FROM contact_identities i
          WHERE i.tenant_id = e.tenant_id AND i.kind = e.alias_kind AND i.scope = e.alias_scope AND i.match_key = e.alias_key) l
    CROSS JOIN LATERAL (    -- each by an index of its own
        SELECT o.id, o.message_seq, o.last_activity_at FROM conversations o
        WHERE o.tenant_id = e.tenant_id AND o.lead_id = l.lead_id AND o.channel_account_id = e.account_id AND o.status <> 'closed'
        UNION ALL
        SELECT o.id, o.message_seq, o.last_activity_at FROM conversations o
        WHERE o.tenant_id = e.tenant_id AND o.lead_id = l.lead_id AND o.channel_account_id = e.account_id AND o.status = 'closed') c
    WHERE c.last_activity_at > now() - interval '1 day'
    ORDER BY c.id DESC
$$;
COMMENT ON FUNCTION recent_conversations IS 'Where the person of an event was spoken with in the last day, the latest first.';

CREATE FUNCTION awaiting_word(p_tenant uuid, p_conversation uuid, p_latest int) RETURNS SETOF messages LANGUAGE sql STABLE AS $$
    SELECT m.* FROM messages m
    WHERE m.tenant_id = p_tenant AND m.conversation_id = p_conversation AND m.seq > p_latest - 100
      AND m.direction = 'out' AND m.external_id IS NULL
      AND (m.status IN ('sending', 'unknown') OR (m.status = 'failed' AND m.error_code IN ('send_unknown', 'sender_gone')))
$$;
COMMENT ON FUNCTION awaiting_word IS 'Messages of which nobody knows whether they left, also those that were given up as such.';

CREATE FUNCTION take_early_receipts(p_tenant uuid, p_account uuid, p_external_id text, p_message uuid) RETURNS SETOF uuid LANGUAGE sql AS $$
    WITH early AS (
        DELETE FROM early_receipts r
        WHERE r.tenant_id = p_tenant AND r.channel_account_id = p_account AND r.external_id = p_external_id
        RETURNING r.status, r.at, r.error_code),
    furthest AS (SELECT * FROM early ORDER BY message_rank(early.status) DESC LIMIT 1)
    UPDATE messages m
    SET status = f.status, error_code = f.error_code,
        delivered_at = CASE WHEN f.status IN ('delivered', 'read') THEN COALESCE(m.delivered_at, f.at, now()) ELSE m.delivered_at END,
        read_at = CASE WHEN f.status = 'read' THEN COALESCE(m.read_at, f.at, now()) ELSE m.read_at END,
        settle_by = CASE WHEN f.status = 'failed' THEN now() END
    FROM furthest f
    WHERE m.tenant_id = p_tenant AND m.id = p_message AND message_rank(f.status) > message_rank(m.status)
    RETURNING m.id
$$;
COMMENT ON FUNCTION take_early_receipts IS 'A message has its provider''s id now: what was told under that id before applies to it.';

CREATE FUNCTION settle_by_echo(e ingest_event) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    c record;
    v_message uuid;
BEGIN
    FOR c IN SELECT * FROM recent_conversations(e) LOOP
        CONTINUE WHEN NOT EXISTS (SELECT 1 FROM awaiting_word(e.tenant_id, c.id, c.message_seq) w
                                  WHERE as_compared(w.text) = as_compared(e.content));
        -- Of two echoes that come at once, the second is to find what the first left.
        PERFORM 1 FROM conversations o WHERE o.tenant_id = e.tenant_id AND o.id = c.id FOR UPDATE;
        UPDATE messages m
        SET status = 'sent', external_id = e.external_id, sent_at = COALESCE(m.sent_at, e.ts, now()), error_code = NULL, error_detail = NULL,
            send_lease_until = NULL, next_attempt_at = NULL, settle_by = NULL
        WHERE m.tenant_id = e.tenant_id AND m.external_id IS NULL AND m.id = (
            SELECT w.id FROM awaiting_word(e.tenant_id, c.id, c.message_seq) w
            WHERE as_compared(w.text) = as_compared(e.content) AND (w.type = e.type OR as_compared(e.content) <> '')
            ORDER BY w.status = 'failed', w.seq LIMIT 1)
        RETURNING m.id INTO v_message;
        CONTINUE WHEN v_message IS NULL;
        PERFORM take_early_receipts(e.tenant_id, e.account_id, e.external_id, v_message);
        RETURN true;
    END LOOP;
    RETURN false;
END $$;
COMMENT ON FUNCTION settle_by_echo IS 'The earliest message with the echo''s words whose outcome is unknown was sent: whether there was one.';

CREATE FUNCTION settle_by_report(e ingest_event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT * FROM recent_conversations(e) LOOP
        UPDATE messages m SET external_id = e.ref_id
        WHERE m.tenant_id = e.tenant_id AND m.external_id IS NULL
          AND (m.status = 'unknown' OR (m.status = 'sending' AND e.status = 'sent'))
          AND m.id = (SELECT (array_agg(w.id))[1] FROM awaiting_word(e.tenant_id, c.id, c.message_seq) w HAVING count(*) = 1);
        EXIT WHEN FOUND;
    END LOOP;
END $$;
COMMENT ON FUNCTION settle_by_report IS 'A report without words, of a program''s message: it can only be meant for the one whose outcome is unknown, if it is one.';

CREATE FUNCTION read_up_to(e ingest_event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_conversation uuid;
    v_seq int;
BEGIN
    SELECT m.conversation_id, m.seq INTO v_conversation, v_seq FROM messages m
    WHERE m.tenant_id = e.tenant_id AND m.channel_account_id = e.account_id AND m.external_id = e.ref_id AND m.direction = 'out';
    IF v_seq IS NULL THEN    -- it names none, or none that we know: what was sent by then has been seen
        SELECT m.conversation_id, m.seq INTO v_conversation, v_seq
        FROM recent_conversations(e) c CROSS JOIN LATERAL (
            SELECT o.conversation_id, o.seq FROM messages o
            WHERE o.tenant_id = e.tenant_id AND o.conversation_id = c.id AND o.direction = 'out' AND o.sent_at <= e.ts
            ORDER BY o.seq DESC LIMIT 1) m
        LIMIT 1;
    END IF;
    UPDATE messages m
    SET status = 'read', delivered_at = COALESCE(m.delivered_at, e.ts, now()), read_at = COALESCE(m.read_at, e.ts, now())
    WHERE m.tenant_id = e.tenant_id AND m.conversation_id = v_conversation AND m.seq > v_seq - 200 AND m.seq <= v_seq
      AND m.direction = 'out' AND m.status IN ('sent', 'delivered');
END $$;
COMMENT ON FUNCTION read_up_to IS 'Whoever has seen a message has seen those above it.';

CREATE FUNCTION news_of(p_events ingest_event[]) RETURNS ingest_event[] LANGUAGE plpgsql AS $$
DECLARE
    e ingest_event;
    v_stale int[] := '{}';
BEGIN
    FOREACH e IN ARRAY p_events LOOP
        IF e.part NOT IN ('echo', 'message') OR (e.part = 'message' AND e.type IS DISTINCT FROM 'waiting_message') THEN
            CONTINUE;
        ELSIF is_known(e) THEN
            v_stale := v_stale || e.ord;
        ELSIF e.type = 'waiting_message' AND EXISTS (
                SELECT 1 FROM unnest(p_events) x WHERE x.part = e.part AND x.tenant_id = e.tenant_id AND x.account_id = e.account_id
                   AND x.external_id = e.external_id AND x.type <> e.type) THEN
            v_stale := v_stale || e.ord;
        ELSIF e.hint = 'api' THEN
            PERFORM settle_by_echo(e);
            v_stale := v_stale || e.ord;
        ELSIF e.hint = 'untold' THEN
            IF settle_by_echo(e) THEN
                v_stale := v_stale || e.ord;
            ELSIF is_known(e) THEN    -- after all: its send call returned just now
                v_stale := v_stale || e.ord;
            END IF;
        END IF;
    END LOOP;
    RETURN (SELECT array_agg(x ORDER BY x.ord) FROM unnest(p_events) x WHERE x.ord <> ALL (v_stale));
END $$;
COMMENT ON FUNCTION news_of IS 'A batch without echoes of what we sent ourselves, which settle it, and without placeholders whose content is there.';

DO $$
DECLARE
    ingest text := current_setting('reveza.role_prefix') || '_ingest';
BEGIN
    EXECUTE format('GRANT DELETE ON early_receipts TO %I', ingest);
END $$;
