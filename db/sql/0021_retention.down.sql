-- Takes back what 0021_retention.up.sql made, as far as the table and the columns do not take it along.
DROP FUNCTION expire_messages;
DROP FUNCTION old_messages;
DROP FUNCTION is_held;
DROP INDEX raw_events_age;

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
    SET upto_seq = EXCLUDED.upto_seq, first_answer_seconds = EXCLUDED.first_answer_seconds, first_answer_by = EXCLUDED.first_answer_by,
        answers_ai = EXCLUDED.answers_ai, answers_people = EXCLUDED.answers_people, sought = EXCLUDED.sought, words = EXCLUDED.words
    RETURNING 1
$$;
COMMENT ON FUNCTION write_digest IS 'The digest of a conversation, from all that is there now.';
ALTER TABLE retention_holds DROP CONSTRAINT retention_holds_pkey;
ALTER TABLE retention_holds ADD PRIMARY KEY (id);
