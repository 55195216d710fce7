-- What a business keeps and for how long: holds that stop its clock, and figures that outlive the words they were counted from.

ALTER TABLE retention_holds DROP CONSTRAINT retention_holds_pkey;
ALTER TABLE retention_holds ADD PRIMARY KEY (tenant_id, id), ADD FOREIGN KEY (tenant_id) REFERENCES tenants (id),
                            ADD FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
                            ADD CHECK (reason <> ''), ADD CHECK ((lifted_at IS NULL) = (lifted_by IS NULL));
CREATE INDEX retention_holds_lead ON retention_holds (tenant_id, lead_id) WHERE lifted_at IS NULL;

-- Found by their age alone, a page of the table at a time: nothing that a webhook would pay for.
CREATE INDEX raw_events_age ON raw_events USING brin (created_at) WITH (pages_per_range = 32, autosummarize = on);

CREATE FUNCTION is_held(p_tenant uuid, p_lead uuid, p_at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM retention_holds h WHERE h.tenant_id = p_tenant AND h.lifted_at IS NULL
                   AND (h.until IS NULL OR h.until > p_at) AND (h.lead_id IS NULL OR h.lead_id = p_lead))
$$;
COMMENT ON FUNCTION is_held IS 'Whether somebody wants a lead kept at that moment, by himself or with all of the tenant.';

CREATE OR REPLACE FUNCTION write_digest(p_tenant uuid, p_conversation uuid) RETURNS int LANGUAGE sql AS $$
    INSERT INTO conversation_digests AS d (id, tenant_id, conversation_id, lead_id, channel_account_id, upto_seq, opened_at,
        first_of_lead, first_answer_seconds, first_answer_by, answers_ai, answers_people, sought, words)
    SELECT uuid_v7(), c.tenant_id, c.id, c.lead_id, c.channel_account_id, c.message_seq, c.created_at,
           NOT EXISTS (SELECT 1 FROM conversations e WHERE e.tenant_id = c.tenant_id AND e.lead_id = c.lead_id
                       AND (e.status <> 'closed' OR e.status = 'closed') AND (e.created_at, e.id) < (c.created_at, c.id)),
           CASE WHEN said.answered_at >= said.asked_at THEN extract(epoch FROM said.answered_at - said.asked_at)::int END,
           CASE WHEN said.answered_at >= said.asked_at THEN said.answered_by END, said.by_ai, said.by_people, sought_of(l.name, l.phone),
           array_to_tsvector(ARRAY(
               SELECT DISTINCT w FROM (
                   SELECT unnest(words_in(l.name)) UNION ALL
                   SELECT unnest(words_in(m.text)) FROM messages m
                   WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.deleted_at IS NULL) found(w)
               LIMIT 10000))
    FROM conversations c JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
    CROSS JOIN LATERAL (
        SELECT min(m.created_at) FILTER (WHERE m.direction = 'in') AS asked_at,
               min(m.created_at) FILTER (WHERE m.direction = 'out') AS answered_at,
               (array_agg(m.author ORDER BY m.seq) FILTER (WHERE m.direction = 'out'))[1] AS answered_by,
               count(*) FILTER (WHERE m.author = 'ai') AS by_ai, count(*) FILTER (WHERE m.author = 'attendant') AS by_people
        FROM messages m
        WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.status NOT IN ('internal', 'failed', 'cancelled')) said
    WHERE c.tenant_id = p_tenant AND c.id = p_conversation
    ON CONFLICT (tenant_id, conversation_id) DO UPDATE
    SET upto_seq = EXCLUDED.upto_seq, sought = EXCLUDED.sought, words = EXCLUDED.words,
        first_answer_seconds = CASE WHEN d.expired > 0 THEN d.first_answer_seconds ELSE EXCLUDED.first_answer_seconds END,
        first_answer_by = CASE WHEN d.expired > 0 THEN d.first_answer_by ELSE EXCLUDED.first_answer_by END,
        answers_ai = d.expired_ai + EXCLUDED.answers_ai, answers_people = d.expired_people + EXCLUDED.answers_people
    RETURNING 1
$$;
COMMENT ON FUNCTION write_digest IS 'The digest of a conversation, from all that is there now; what has expired still counts.';

CREATE FUNCTION old_messages(p_tenant uuid, p_before timestamptz, p_floor uuid, p_at timestamptz, p_limit bigint)
RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS $$
    SELECT m.id FROM messages m JOIN conversations c ON c.tenant_id = p_tenant AND c.id = m.conversation_id
    WHERE m.tenant_id = p_tenant AND m.id < p_floor AND m.created_at < p_before
      AND m.status NOT IN ('queued', 'sending', 'unknown') AND c.turn_due_at IS NULL AND c.status IN ('ai', 'closed')
      AND NOT is_held(p_tenant, m.lead_id, p_at)
    ORDER BY m.id LIMIT p_limit
$$;
COMMENT ON FUNCTION old_messages IS 'Messages that are older than that and no part of anything under way; none of whoever is held.';

CREATE FUNCTION expire_messages(p_tenant uuid, p_before timestamptz, p_floor uuid, p_at timestamptz, p_limit bigint)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE v_old uuid[];
BEGIN
    -- One writer of the tenant's digests at a time: nobody puts words back that go now.
    PERFORM 1 FROM digest_marks k WHERE k.tenant_id = p_tenant FOR UPDATE;
    -- Whoever is being forgotten just now is left to that; what is written below looks at his row.
    v_old := ARRAY(SELECT m.id FROM old_messages(p_tenant, p_before, p_floor, p_at, p_limit) o
                   JOIN messages m ON m.tenant_id = p_tenant AND m.id = o.id
                   JOIN leads l ON l.tenant_id = p_tenant AND l.id = m.lead_id
                   ORDER BY m.id FOR KEY SHARE OF l SKIP LOCKED FOR UPDATE OF m SKIP LOCKED);
    PERFORM write_digest(p_tenant, c.id) FROM conversations c
    LEFT JOIN conversation_digests d ON d.tenant_id = p_tenant AND d.conversation_id = c.id
    WHERE c.tenant_id = p_tenant AND d.upto_seq IS DISTINCT FROM c.message_seq
      AND c.id IN (SELECT m.conversation_id FROM messages m WHERE m.tenant_id = p_tenant AND m.id = ANY (v_old));
    UPDATE conversation_digests d
    SET expired = d.expired + x.said, expired_ai = d.expired_ai + x.by_ai, expired_people = d.expired_people + x.by_people
    FROM (SELECT m.conversation_id, count(*) AS said,
                 count(*) FILTER (WHERE m.author = 'ai' AND m.status NOT IN ('internal', 'failed', 'cancelled')) AS by_ai,
                 count(*) FILTER (WHERE m.author = 'attendant' AND m.status NOT IN ('internal', 'failed', 'cancelled')) AS by_people
          FROM messages m WHERE m.tenant_id = p_tenant AND m.id = ANY (v_old) GROUP BY 1) x
    WHERE d.tenant_id = p_tenant AND d.conversation_id = x.conversation_id;
    DELETE FROM messages m WHERE m.tenant_id = p_tenant AND m.id = ANY (v_old);
    RETURN cardinality(v_old);
END $$;
COMMENT ON FUNCTION expire_messages IS 'The oldest messages go, and their words from what is searched; what was counted from them stays counted.';

DO $$
DECLARE
    app text := current_setting('reveza.role_prefix') || '_app';
BEGIN
    ALTER TABLE retention_holds ENABLE ROW LEVEL SECURITY;
    ALTER TABLE retention_holds FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY of_tenant ON retention_holds TO %I USING (tenant_id = current_setting(''app.tenant_id'')::uuid)'
                   ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', app);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON retention_holds TO %I', app);
END $$;
